/**
 * What the payloads of all views share; those of one view stand beside this, in `card`, `record`, `table`, `compare`,
 * `chart`, `plot` and `registry`.
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
  /** how long it stood still between an end and its resumption: no part of what it took */
  paused_ms?: number;
}

/** op: " " kept, "+" added, "-" removed, "~" a gap of unchanged lines (text is their number) */
export interface DiffLine {
  op: " " | "+" | "-" | "~";
  text: string;
}

/** A piece of a live curve, appended to what the view has. */
export interface CurvePiece {
  key: string;
  steps: number[];
  times: number[];
  values: Num[];
}

/** Where a run stands in a cell line; see `CellHead`. */
export interface CellPlace {
  line: string;
  label: string;
  named: boolean;
  version: number;
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
  /** of a NotFound: the end of its message, which says what to do in Python */
  remedy?: string;
}
