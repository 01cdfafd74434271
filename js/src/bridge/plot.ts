/** Marks of a drawn chart: the other half is `src/trackbook/charts/marks.py`. */

/** Axes and marks of a drawn chart; on a band axis a place is the number of its label. */
export interface PlotAxis {
  title: string;
  scale: "linear" | "log" | "symlog" | "band";
  labels: string[];
  low: number | null;
  high: number | null;
}

export interface PlotPoints {
  /** coloured as the run is, by a category, by a number, or as text is */
  tone: "run" | "series" | "shade" | "ink";
  name: string;
  series: number;
  x: number[];
  y: number[];
  runs: (string | null)[];
  /** when the runs began, by which they choose their colours; empty where these are not shown */
  starts_ms: number[];
  labels: string[];
  /** 0 to 1 */
  shades: number[];
}

export interface PlotLine {
  x: number[];
  y: number[];
  name: string;
  run: string | null;
  /** when the run began; 0 without one */
  start_ms: number;
  series: number;
  /** a rule or a line of reference: not in the legend */
  quiet: boolean;
}

export interface PlotRects {
  x0: number[];
  x1: number[];
  y0: number[];
  y1: number[];
  labels: string[];
  /** within the boxes */
  texts: string[];
  /** beyond their right edge */
  ends: string[];
  shades: number[];
  run: string | null;
  series: number;
}

export interface PlotShade {
  title: string;
  low: string;
  high: string;
  /** told by the depth of one colour */
  share: boolean;
}

export interface Plot {
  x: PlotAxis;
  y: PlotAxis;
  points: PlotPoints[];
  lines: PlotLine[];
  rects: PlotRects[];
  shade: PlotShade | null;
  square: boolean;
}

export interface ParallelAxis {
  title: string;
  /** of a category, from the bottom; empty for numbers */
  labels: string[];
  low: number;
  high: number;
  log: boolean;
}

export interface Parallel {
  axes: ParallelAxis[];
  runs: string[];
  names: string[];
  values: (number | null)[][];
  texts: string[][];
}
