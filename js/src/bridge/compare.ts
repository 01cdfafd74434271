/** What Python sends of a comparison: the other half is `src/trackbook/widgets/compare_payloads.py`. */
import type { ChartCurves, ImageSeries } from "./chart";
import type { CellPlace, Num, RunHead } from "./payloads";

export interface CompareRow {
  key: string;
  /** one per run, null where the run has none */
  values: (string | Num | null)[];
  differs: boolean;
  numeric: boolean;
}

export interface CompareSection {
  title: string;
  /** of metrics: "last", "min", "max" or "mean"; null for all else */
  aggregate: string | null;
  rows: CompareRow[];
}

/** One line of a side-by-side diff of a run's cell against the first run's; null where a side has no line. */
export interface SideLine {
  left_no: number | null;
  left: string | null;
  right_no: number | null;
  right: string | null;
  op: "=" | "+" | "-" | "~";
}

/** Two cells that are versions of one, or one alone. */
export interface CellPair {
  op: "=" | "~" | "+" | "-";
  kind: string;
  lines: SideLine[];
}

export interface CodePair {
  run_id: string;
  cells: CellPair[];
}

/** Runs that are equal but for their seed, or in what they were grouped by. */
export interface CompareGroup {
  name: string;
  runs: string[];
  seeds: number;
}

export interface GroupValue {
  n: number;
  mean: Num;
  deviation: number | null;
  /** the mean's 95 % confidence interval */
  low: number | null;
  high: number | null;
}

/** A group against the first, by pairs of one seed. */
export interface GroupTest {
  n: number;
  difference: Num;
  p: number | null;
  effect: number | null;
  verdict: string;
}

export interface GroupRow {
  key: string;
  values: (GroupValue | null)[];
  /** null for the first group */
  tests: (GroupTest | null)[];
}

export interface CompareGroups {
  by: string;
  groups: CompareGroup[];
  rows: GroupRow[];
  note: string;
}

export interface CompareState {
  schema: 1;
  /** the first is what the others are measured against */
  runs: (RunHead & { cell: CellPlace | null })[];
  sections: CompareSection[];
  /** of the run's own cell; one per run after the first */
  code: CodePair[];
  groups: CompareGroups | null;
  curves: ChartCurves | null;
  images: ImageSeries[] | null;
}

export interface CompareModelState {
  compare: CompareState;
  only_differences: boolean;
}
