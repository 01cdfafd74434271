/**
 * What the run table and Python say to each other beyond rows: the other half is `src/trackbook/widgets/table_payloads.py`.
 *
 * | method     | params                                                        | result             |
 * |------------|---------------------------------------------------------------|--------------------|
 * | rows       | {filter, order_by, view, offset, limit, columns, group?}      | {total, rows}      |
 * | runs       | {run_ids, columns}: rows of these runs, wherever they are     | TableRow[]         |
 * | columns    | {}                                                            | Column[]           |
 * | summary    | {filter, view, key}: a column over all runs                   | Summary            |
 * | groups     | {filter, view, by, columns}; by ["seeds"]: all but the seed   | Groups             |
 * | text       | {filter, order_by, view, run_ids, format}                     | TextOfRuns         |
 * | register   | {run_id, name, alias}                                         | Registered         |
 * | compare    | {run_ids}: a comparison as a widget                           | its model's id     |
 * | watch      | {on}: a view begins, or ends                                  | null               |
 * | sets       | {}                                                            | ColumnSet[]        |
 * | save_set   | ColumnSet                                                     | ColumnSet          |
 * | delete_set | {name}                                                        | null               |
 * | experiments| {}                                                            | ExperimentName[]   |
 * | tag        | {run_ids, key, value}                                         | Done               |
 * | move       | {run_ids, experiment}                                         | Done               |
 * | trash, restore, export | {run_ids}                                         | Done               |
 * | undo       | {token}                                                       | Done               |
 *
 * Python pushes `RowsChanged` where the rows asked for last have changed.
 */
import type { Registered } from "./methods";
import type { CellPlace, Num, RunHead } from "./payloads";

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

export interface TableRow {
  run: RunHead;
  cell: CellPlace | null;
  /** by Column.key; absent where the run has no such value */
  values: Record<string, string | Num>;
  /** what the run ended with, of one that has an error */
  error?: string;
  /** the run in which it was started */
  parent?: ParentRun;
}

export interface ParentRun {
  run_id: string;
  /** "" where it is not there any more */
  name: string;
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

export interface ValueCount {
  value: string;
  runs: number;
}

/** What one column holds over all runs of a query. */
export interface Summary {
  key: string;
  /** a histogram; else values */
  numeric: boolean;
  /** runs that have the column */
  runs: number;
  missing: number;
  nan: number;
  infinite: number;
  /** of the finite ones */
  low: Num | null;
  high: Num | null;
  /** counts of stretches of equal width between low and high */
  bars: number[];
  /** the most frequent ones */
  values: ValueCount[];
  distinct: number;
}

export interface GroupValue {
  n: number;
  mean: Num;
  /** of the sample; null for one run */
  std: Num | null;
  min: Num;
  max: Num;
}

export interface Group {
  /** one per column of `Groups.by`; null where the runs have no value */
  key: (string | null)[];
  /** finds the members, together with the table's filter */
  filter: string;
  runs: number;
  /** by column */
  values: Record<string, GroupValue>;
}

export interface Groups {
  by: string[];
  /** names of the params that are seeds, and so no part of a key */
  seeds: string[];
  total: number;
  groups: Group[];
  /** groups left out */
  more: number;
}

export interface ColumnSet {
  name: string;
  columns: string[];
  order_by: Order[];
  group_by: string[];
}

/** An action that was done; `undo` is the token that takes it back. */
export interface Done {
  said: string;
  undo: string | null;
}

export interface TextOfRuns {
  text: string;
  runs: number;
  /** for a file, without its suffix */
  name: string;
}

export interface ExperimentName {
  experiment_id: string;
  name: string;
}

export interface RowsChanged {
  kind: "rows";
  filter: string;
  order_by: Order[];
  view: string;
  columns: string[];
  offset: number;
  total: number;
  unfiltered: number;
  rows: TableRow[];
  baseline?: TableRow | null;
}

/** Runs that are there, or those in the trash. */
export type Which = "active" | "trash";
export type TextFormat = "csv" | "markdown" | "latex";

export interface RowsQuery {
  filter: string;
  order_by: Order[];
  view: Which;
}

export interface RowsParams extends RowsQuery {
  offset: number;
  limit: number;
  columns: string[];
  /** a group's filter */
  group?: string;
}

export interface RowsResult {
  total: number;
  rows: TableRow[];
}

interface Method<P, R> {
  params: P;
  result: R;
}
interface OfRuns {
  run_ids: string[];
}

export interface TableMethods {
  rows: Method<RowsParams, RowsResult>;
  runs: Method<OfRuns & { columns: string[] }, TableRow[]>;
  columns: Method<Record<string, never>, Column[]>;
  summary: Method<{ filter: string; view: Which; key: string }, Summary>;
  groups: Method<{ filter: string; view: Which; by: string[]; columns: string[] }, Groups>;
  text: Method<RowsQuery & OfRuns & { format: TextFormat }, TextOfRuns>;
  register: Method<{ run_id: string; name: string; alias: string | null }, Registered>;
  compare: Method<OfRuns, string>;
  watch: Method<{ on: boolean }, null>;
  sets: Method<Record<string, never>, ColumnSet[]>;
  save_set: Method<ColumnSet, ColumnSet>;
  delete_set: Method<{ name: string }, null>;
  experiments: Method<Record<string, never>, ExperimentName[]>;
  tag: Method<OfRuns & { key: string; value: string }, Done>;
  move: Method<OfRuns & { experiment: string }, Done>;
  trash: Method<OfRuns, Done>;
  restore: Method<OfRuns, Done>;
  export: Method<OfRuns, Done>;
  undo: Method<{ token: string }, Done>;
}

/** Asks Python; typed by the table above. */
export type AskTable = <K extends keyof TableMethods>(
  method: K,
  params: TableMethods[K]["params"],
) => Promise<TableMethods[K]["result"]>;

/** Synced traits. */
export interface TableTraits {
  table: TableState;
  /** run ids, in the order in which they were chosen; written by the front end and by Python */
  selected: string[];
  filter: string;
  order_by: Order[];
  columns: string[];
  group_by: string[];
  /** a run's id, "" for none */
  baseline: string;
  /** colours of runs and which are hidden, see `lib/runcolours` */
  looks: Record<string, unknown>;
}
