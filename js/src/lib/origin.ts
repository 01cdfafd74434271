/** Where a param or metric was found, as Python tells it: a kind, and what more there is, in words. */

const ALONE = new Map([
  ["assigned", "assigned in the cell"],
  ["read", "read from the notebook"],
  ["computed", "computed in the cell"],
  ["logged", "logged by a call"],
]);

/** The first word, for a short label: "assigned" of "assigned in line 3". */
export function originKind(origin: string): string {
  return origin.split(" ", 1)[0] as string;
}

/** The whole of it; older runs have the kind alone. */
export function originText(origin: string): string {
  return ALONE.get(origin) ?? origin;
}

/** Whether it was guessed, so that a word of the user's can change it. */
export function isGuess(origin: string): boolean {
  return ["assigned", "read", "computed"].includes(originKind(origin));
}
