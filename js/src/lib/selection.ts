/** Which runs are chosen, in the order in which they were; all functions return a new list. */

export function toggle(selected: readonly string[], id: string): string[] {
  return selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id];
}

/** A range (shift) joins what is chosen; those already chosen keep their place. */
export function extend(selected: readonly string[], range: readonly string[]): string[] {
  const known = new Set(selected);
  return [...selected, ...range.filter((id) => !known.has(id))];
}

export function remove(selected: readonly string[], ids: Iterable<string>): string[] {
  const gone = new Set(ids);
  return selected.filter((id) => !gone.has(id));
}

export type Tick = "all" | "some" | "none";

/** The state of the box that stands for every row. */
export function tick(selectedCount: number, total: number): Tick {
  if (selectedCount === 0 || total === 0) return "none";
  return selectedCount >= total ? "all" : "some";
}
