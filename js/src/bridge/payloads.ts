/**
 * What Python sends and the views draw: one place for the shape of every payload.
 * The other half is `src/trackbook/widgets/*payloads.py`; a change is made in both, in one commit.
 *
 * Times are ms since the epoch (UTC). JSON has no NaN or infinities, so a number may travel as text: see `Num`.
 * Every string here may hold anything a user typed: views set it as text, never as markup.
 */

/** A float64; "NaN", "Infinity" and "-Infinity" as text. */
export type Num = number | "NaN" | "Infinity" | "-Infinity";

export type Status = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

export interface RunHead {
  run_id: string;
  name: string;
  experiment_id: string;
  experiment: string;
  status: Status;
  start_ms: number;
  end_ms: number | null;
  user: string;
}

export interface CellHead {
  line: string;
  /** what to call it: its name, else "cell [7]" by the number of this execution */
  label: string;
  /** false where only the notebook's own id tells it from others */
  named: boolean;
  version: number;
  /** true where the line was chosen by similarity of source, having no cell id and no --cell name */
  guessed: boolean;
  previous_run_id: string | null;
  previous_name: string | null;
}

export interface CardParam {
  key: string;
  value: string;
  /** where it was found: a word ("assigned", "read", "computed", "logged"), and what more there is: "assigned in line 3" */
  origin: string;
  /** the previous version's value where it differs, null where it is equal or was not there */
  previous: string | null;
}

export interface CardMetric {
  key: string;
  last: Num;
  step: number;
  count: number;
  min: Num;
  max: Num;
  /** last minus the previous version's last; null where there is none */
  delta: Num | null;
  origin: string;
  /** last minus the baseline's last; not there where there is no other run to measure against */
  baseline?: Num | null;
}

export interface CardModel {
  /** artifact path within the run, e.g. "model" */
  path: string;
  flavor: string;
  class_name: string;
  registered: { name: string; version: string; aliases: string[] }[];
}

/** op: " " kept, "+" added, "-" removed, "~" a gap of unchanged lines (text is their number) */
export interface DiffLine {
  op: " " | "+" | "-" | "~";
  text: string;
}

/** A file, frame or array that the run was given. */
export interface CardInput {
  name: string;
  /** of its content, "" where there is none; "s:" before that of a sample, "f:" of a folder's names, "u:" of an address */
  digest: string;
  /** bytes */
  size: number | null;
  /** of a frame or array; empty for a file */
  shape: number[];
  /** how it was seen: "opened", "opened by an earlier cell [3]", "passed to fit", "logged" */
  seen: string;
  /** what more there is to say of it, "" for nothing: "of a sample, tracked by DVC" */
  remark: string;
}

/** Why the notebook would not run the same code: `text` says it of the cell, or alone where there is no cell. */
export interface CardReason {
  /** "cell [3]", "" where its number is not known or no cell is concerned */
  cell: string;
  /** the cell's first line */
  line: string;
  text: string;
}

export interface CardRerun {
  /** would the notebook run the same code from top to bottom? */
  verdict: "reproducible" | "differs" | "unknown";
  reasons: CardReason[];
  /** how the cells it depends on were found: "static" or "traced" */
  label: string;
  /** how many they are, its own among them */
  cells: number;
  /** where they lie as a script, among the artifacts */
  program: string | null;
}

/** A file that the cell wrote, offered as an artifact. */
export interface WrittenFile {
  path: string;
  /** bytes */
  size: number;
  /** the artifact's path, once it is kept */
  kept: string | null;
}

export interface CardSnapshot {
  when: "start" | "end";
  /** "live": the open document; "file"; "file+history": with what was executed since; "history": the executed cells */
  origin: string;
  /** of the open document: it was not saved so */
  unsaved: boolean;
  taken_ms: number;
  /** among the artifacts */
  path: string;
}

/** A secret that was replaced by its kind. */
export interface CardSecret {
  kind: string;
  place: string;
  line: number | null;
}

export interface PackageChange {
  name: string;
  /** version in the run before; null where it was not there */
  before: string | null;
  after: string | null;
}

/** What is recorded after the cell has ended. */
export interface CardRecord {
  /** the first ones */
  inputs: CardInput[];
  input_count: number;
  rerun: CardRerun | null;
  written: WrittenFile[];
  written_count: number;
  snapshots: CardSnapshot[];
  secrets: CardSecret[];
  /** against the version before; null where there is nothing to compare */
  packages: PackageChange[] | null;
  /** of a run that was gone on with, the first one first; the rest of the record is that of the last one */
  executions?: CardExecution[];
}

/** One execution of a run that has several. */
export interface CardExecution {
  number: number;
  /** as it ended; "" where that is not known */
  status: string;
  start_ms: number;
  /** the notebook or script */
  source: string;
  /** among the artifacts: where its record lies */
  folder: string;
}

/** How far a running cell is, and of how much: a bar that it shows, or a loop whose variable is the step. */
export interface CardProgress {
  /** null: told by the steps of the metrics */
  seen: number | null;
  /** the step that counts as the first */
  first: number;
  /** null where it is not known */
  total: number | null;
  unit: string;
  /** where the total is from, for people: "tqdm", "for epoch in range(epochs)" */
  source: string;
}

/** The metric that counts, and which way. */
export interface CardGoal {
  key: string;
  direction: "max" | "min";
}

export interface CardValue {
  key: string;
  value: Num;
}

export interface RelatedRun {
  run_id: string;
  /** "" where it is gone */
  name: string;
  status: string;
  metric: CardValue | null;
}

/** What is said of a run, and whom it belongs to. */
export interface CardAbout {
  note: string;
  goal: CardGoal | null;
  /** the run that others of the experiment are measured against, where it is another one */
  baseline: RelatedRun | null;
  is_baseline: boolean;
  parent: RelatedRun | null;
  /** the first ones that were started inside it */
  children: RelatedRun[];
  child_count: number;
  progress: CardProgress | null;
  trashed: boolean;
}

/** `saved` is false where it was changed meanwhile; `value` is what it is now, null for none. */
export interface Edited {
  saved: boolean;
  value: string | null;
}

/** An artifact as data that no page executes. */
export interface Preview {
  kind: "text" | "table" | "image" | "none";
  text: string;
  /** the first is the head */
  rows: string[][];
  /** of a picture, "data:" */
  uri: string | null;
  /** what is left out, or why nothing is shown */
  said: string;
}

export interface Card {
  schema: 1;
  run: RunHead;
  cell: CellHead | null;
  params: CardParam[];
  metrics: CardMetric[];
  /** of the machine, "system/..."; shown apart */
  system: CardMetric[];
  tags: { key: string; value: string }[];
  models: CardModel[];
  artifacts: { path: string; size: number | null }[];
  artifact_count: number;
  diff: DiffLine[] | null;
  error: { type: string; message: string; traceback: string } | null;
  environment: {
    python: string;
    platform: string;
    packages: number;
    git: { commit: string; branch: string; dirty: boolean } | null;
  } | null;
  notebook: { path: string | null; cells: number } | null;
  warnings: string[];
  /** what was taken for neither param nor metric, and why; not there in what older versions saved */
  left_out?: string[];
  /** null until it is known; not there in what older versions saved */
  record?: CardRecord | null;
  /** not there in what older versions saved */
  about?: CardAbout;
}

/** A piece of a live curve, appended to what the view has. */
export interface CurvePiece {
  key: string;
  steps: number[];
  times: number[];
  values: Num[];
}

/** Pushed while a run goes on, a few times a second at most. */
export interface CardDelta {
  kind: "delta";
  /** rises by one each time; a gap means that a full card should be asked for */
  seq: number;
  status: Status;
  end_ms: number | null;
  metrics: CardMetric[];
  curves: CurvePiece[];
  /** where it is another than before */
  progress?: CardProgress | null;
  /** of the machine, those that changed */
  system?: CardMetric[];
}

/** A whole new card, pushed when the run ended and all is known. */
export interface CardReplaced {
  kind: "card";
  card: Card;
}

export type ColumnKind = "attribute" | "param" | "metric" | "tag";

export interface Column {
  /** as the search language names it: "attributes.start_time", "params.C", "metrics.loss", "tags.note"; names with odd characters in backticks */
  key: string;
  kind: ColumnKind;
  /** the bare name, for the header */
  label: string;
  /** runs that have it */
  runs: number;
}

export interface Order {
  key: string;
  desc: boolean;
}

/** Where a run stands in a cell line; see `CellHead`. */
export interface CellPlace {
  line: string;
  label: string;
  named: boolean;
  version: number;
}

export interface TableRow {
  run: RunHead;
  cell: CellPlace | null;
  /** by Column.key; absent where the run has no such value */
  values: Record<string, string | Num>;
}

export interface TableState {
  schema: 1;
  title: string;
  filter: string;
  order_by: Order[];
  /** keys of the columns shown, in order (run name, status, start and duration always stand first) */
  columns: string[];
  total: number;
  /** runs without the filter */
  unfiltered: number;
  /** the first block of rows */
  rows: TableRow[];
}

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
  labels: string[];
  /** 0 to 1 */
  shades: number[];
}

export interface PlotLine {
  x: number[];
  y: number[];
  name: string;
  run: string | null;
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
  texts: string[];
  shades: number[];
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

export interface ImageRef {
  step: number;
  path: string;
  size: number | null;
}

export interface ImageSeries {
  run: string;
  name: string;
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

/**
 * Requests from a view to Python, answered by one response of the same id.
 *
 * | widget  | method     | params                                             | result                                   |
 * |---------|------------|----------------------------------------------------|------------------------------------------|
 * | card    | "card"     | {}                                                 | Card                                     |
 * | card    | "curves"   | {keys: string[], buckets: number}                  | CurvePiece[]                             |
 * | card    | "register" | {path, name, alias: string|null}                   | {name, version, aliases: string[]}       |
 * | card    | "keep"     | {path}                                             | WrittenFile                              |
 * | compare | "state"    | {baseline?}                                        | CompareState                             |
 * | compare | "diff"     | {what: "cell" / "program" / "notebook"}            | CodePair[]                               |
 * | compare | "curves"   | as of a chart                                      | CurveSeries[]                            |
 * | compare | "image"    | {run_id, path}                                     | {uri}                                    |
 * | chart   | "state"    | {}                                                 | ChartState                               |
 * | chart   | "curves"   | {runs, keys, x, start, end, buckets}               | CurveSeries[]                            |
 * | chart   | "image"    | {run_id, path}                                     | {uri}                                    |
 * The run table's stand in `table.ts`.
 */
export interface Request {
  kind: "request";
  id: string;
  method: string;
  params: Record<string, unknown>;
}

export interface Response {
  kind: "response";
  id: string;
  result?: unknown;
  error?: RequestError;
}

export interface RequestError {
  /** the Python class: "FilterSyntaxError", "NotFound", ... */
  type: string;
  message: string;
  /** of a FilterSyntaxError: where, from 0, and what could stand there */
  position?: number;
  expected?: string;
  hint?: string;
}

/** Synced traits of each widget. */
export interface CardModelState {
  card: Card;
  folded: boolean;
}
export interface TableModelState {
  table: TableState;
  /** run ids, in the order in which they were chosen; written by the front end and by Python */
  selected: string[];
  filter: string;
  order_by: Order[];
  columns: string[];
}
export interface CompareModelState {
  compare: CompareState;
  only_differences: boolean;
}
export interface ChartModelState {
  chart: ChartState;
  /** run ids that were brushed */
  selected: string[];
}
