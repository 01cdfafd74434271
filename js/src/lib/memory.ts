/** What a page remembers of a reader's choices, by cell line: small, and nothing is lost where it cannot. */

const PREFIX = "trackbook:";
const MOST = 200;

function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // a page that may not
  }
}

export function recall(name: string): string | null {
  try {
    return storage()?.getItem(PREFIX + name) ?? null;
  } catch {
    return null;
  }
}

/** null forgets. */
export function remember(name: string, value: string | null): void {
  const kept = storage();
  try {
    if (value === null) kept?.removeItem(PREFIX + name);
    else kept?.setItem(PREFIX + name, value);
    if (kept !== null) tidy(kept);
  } catch {
    // full, or not allowed: then it is not remembered
  }
}

function tidy(kept: Storage): void {
  const ours = Object.keys(kept).filter((key) => key.startsWith(PREFIX));
  for (const key of ours.slice(0, Math.max(0, ours.length - MOST))) kept.removeItem(key);
}
