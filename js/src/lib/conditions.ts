/** Conditions of the search language, made by clicks: a value, a range, a missing value; and how they join a filter. */
import type { Num } from "../bridge/payloads";

export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function equals(key: string, value: string | Num): string {
  if (value === "NaN") return `${key} != ${key}`;
  return `${key} = ${literal(key, value)}`;
}

export function differs(key: string, value: string | Num): string {
  return `${key} != ${literal(key, value)}`;
}

export function missing(key: string): string {
  return `${key} IS NULL`;
}

/** The tag that names the run in which another was started. */
export const PARENT = "tags.`mlflow.parentRunId`";

export function oneOf(key: string, values: readonly string[]): string {
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? equals(key, only)
    : `${key} IN (${values.map(quotedText).join(", ")})`;
}

/** `low <= key <= high`; null leaves a side open. */
export function within(key: string, low: number | null, high: number | null): string {
  const parts = [low !== null && `${key} >= ${numberText(low)}`, high !== null && `${key} <= ${numberText(high)}`];
  return parts.filter((part) => part !== false).join(" AND ");
}

/** Metrics and times are compared as numbers, everything else as text. */
function literal(key: string, value: string | Num): string {
  if (key.startsWith("metrics.") || typeof value === "number") return numberText(Number(value));
  return quotedText(value);
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "inf" : "-inf";
}

/** The filter with one more demand; a condition that is there already is not repeated. */
export function joined(filter: string, condition: string): string {
  const before = filter.trim();
  if (before === "" || before === condition) return condition;
  if (topLevel(before).includes(condition)) return before;
  return `${hasOr(before) ? `(${before})` : before} AND ${condition}`;
}

/** The filter without the demands on this column that stand at its top; what they are joined with stays. */
export function withoutColumn(filter: string, key: string): string {
  const parts = topLevel(filter.trim());
  return parts.filter((part) => !part.startsWith(`${key} `)).join(" AND ");
}

function hasOr(filter: string): boolean {
  return words(filter).some(({ word, depth }) => depth === 0 && word.toLowerCase() === "or");
}

/** What is joined by AND outside of parentheses and quotes; the whole where an OR stands there. */
export function topLevel(filter: string): string[] {
  if (filter === "") return [];
  if (hasOr(filter)) return [filter];
  const ands = words(filter).filter(({ word, depth }) => depth === 0 && word.toLowerCase() === "and");
  const ends = [...ands.map(({ at }) => at), filter.length];
  const starts = [0, ...ands.map(({ at }) => at + 3)];
  return starts.map((start, i) => filter.slice(start, ends[i]).trim());
}

interface Word {
  word: string;
  at: number;
  depth: number;
}

/** Words outside of quotes, with their depth in parentheses. */
function words(filter: string): Word[] {
  const found: Word[] = [];
  let depth = 0;
  for (const match of filter.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[A-Za-z_][\w.]*|[()]/g)) {
    const [text] = match;
    if (text === "(") depth += 1;
    else if (text === ")") depth -= 1;
    else if (/^[A-Za-z_]/.test(text)) found.push({ word: text, at: match.index, depth });
  }
  return found;
}
