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

/** The words of the user's that can change it: what was logged is no guess, a model's argument is a param or nothing. */
export function wordsFor(origin: string): readonly ("param" | "metric" | "ignore")[] {
  const kind = originKind(origin);
  if (kind === "argument") return ["ignore"];
  return ["assigned", "read", "computed"].includes(kind) ? ["param", "metric", "ignore"] : [];
}
