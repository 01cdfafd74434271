/** Which rows of a comparison are shown, and what the later runs differ by from the first. */
import type { CompareRow, CompareSection } from "../bridge/compare";
import type { Num } from "../bridge/payloads";
import { type Delta, formatDelta, toNumber } from "./number";

export const AGGREGATES = ["last", "min", "max", "mean"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** Sections with the rows that are to be seen, metrics in one aggregate; sections left without any are dropped. */
export function shownSections(
  sections: readonly CompareSection[],
  onlyDifferences: boolean,
  aggregate: Aggregate = "last",
): CompareSection[] {
  return sections
    .filter((section) => section.aggregate === null || section.aggregate === aggregate)
    .map((section) => ({ ...section, rows: section.rows.filter((row) => row.differs || !onlyDifferences) }))
    .filter((section) => section.rows.length > 0);
}

/** value minus the first run's, for numeric rows; null where either is missing or both are equal. */
export function deltaToFirst(row: CompareRow, index: number): Delta | null {
  if (!row.numeric || index === 0) return null;
  const [first, value] = [row.values[0], row.values[index]];
  if (first == null || value == null || first === value) return null;
  const [a, b] = [toNumber(first as Num), toNumber(value as Num)];
  return Number.isNaN(a) || Number.isNaN(b) ? null : formatDelta(b - a);
}

export function differsFromFirst(row: CompareRow, index: number): boolean {
  return index > 0 && row.values[index] !== row.values[0];
}
