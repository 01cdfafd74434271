/** Putting `%%track` on top of a cell. */

/** The cell's source as a tracked cell; null where it is one, or has a cell magic that must stay its first line. */
export function tracked(source: string): string | null {
  return /^\s*%%/.test(source) ? null : `%%track\n${source}`;
}
