/** Looks again and again at what nobody pushes. */

const FIRST_MS = 3000;
const LONGEST_MS = 60_000;

/** Something came not long ago: no look is needed. */
export const isQuiet = (last_ms: number) => Date.now() - last_ms > 2 * FIRST_MS;

/**
 * Looks until the returned function is called.  `look` says whether something new came, or null where it did not look;
 * it is called more seldom, up to the longest pause, while nothing new comes.
 */
export function polling(look: () => Promise<boolean | null>): () => void {
  let wait = FIRST_MS;
  let stopped = false;
  let next: ReturnType<typeof setTimeout>;
  const turn = async () => {
    const isNew = await look();
    if (stopped) return;
    if (isNew !== null) wait = isNew ? FIRST_MS : Math.min(LONGEST_MS, wait * 2);
    next = setTimeout(() => void turn(), wait);
  };
  next = setTimeout(() => void turn(), wait);
  return () => {
    stopped = true;
    clearTimeout(next);
  };
}
