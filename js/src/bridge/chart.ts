/** What Python sends of charts, their curves and pictures: the other half is `src/trackbook/widgets/chart_payloads.py`. */
import type { Num } from "./payloads";
import type { Parallel, Plot } from "./plot";

export interface ImageRef {
  step: number;
  path: string;
  size: number | null;
}

export interface ImageSeries {
  run: string;
  name: string;
  /** when the run began */
  start_ms: number;
  key: string;
  images: ImageRef[];
}

export interface ChartRun {
  run_id: string;
  name: string;
  /** which group of repetitions it belongs to; null where none were asked for */
  group: string | null;
  running: boolean;
  start_ms: number;
}

export interface CurveSeries {
  run_id: string;
  key: string;
  steps: number[];
  times: number[];
  values: Num[];
  /** points before down-sampling */
  count: number;
}

export interface ChartCurves {
  keys: string[];
  runs: ChartRun[];
  series: CurveSeries[];
  x: "step" | "time" | "relative";
  log: boolean;
  log_x: boolean;
  smoothing: number;
  clip: boolean;
  grouped: boolean;
}

export interface ChartTable {
  heads: string[];
  numeric: boolean[];
  rows: (string | Num | null)[][];
  total: number;
}

export interface ChartState {
  schema: 1;
  kind: string;
  title: string;
  note: string;
  table: ChartTable;
  plot: Plot | null;
  parallel: Parallel | null;
  images: ImageSeries[] | null;
  curves: ChartCurves | null;
}

/** Pushed while runs of this kernel go on. */
export interface ChartPoints {
  kind: "points";
  series: CurveSeries[];
  ended: string[];
}

export interface ChartModelState {
  chart: ChartState;
  /** run ids that were brushed */
  selected: string[];
}
