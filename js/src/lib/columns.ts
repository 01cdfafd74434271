/**
 * Columns by the names that the search language gives them: `metrics.val_loss`, ``params.`learning rate` ``,
 * `metrics.loss.min`; and ``metrics.`loss`@100``, a metric at a step, which can be shown and sorted by but not searched.
 */
import type { Column, ColumnKind } from "../bridge/table";

const KINDS: Record<string, ColumnKind> = { attributes: "attribute", params: "param", metrics: "metric", tags: "tag" };
const SPACES: Record<ColumnKind, string> = { attribute: "attributes", param: "params", metric: "metrics", tag: "tags" };

export const AGGREGATES = ["last", "min", "max", "best", "mean", "count"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface ColumnName {
  kind: ColumnKind;
  /** the bare name */
  label: string;
  /** of a metric; "last" where none is named */
  aggregate: Aggregate;
  /** of a metric at a step; null for all others */
  step: number | null;
}

/** What a column's key says; a key of no known kind is taken for an attribute. */
export function parseColumn(key: string): ColumnName {
  const dot = key.indexOf(".");
  const kind = KINDS[key.slice(0, dot)];
  const plain = { aggregate: "last" as Aggregate, step: null };
  if (dot < 0 || kind === undefined) return { kind: "attribute", label: key, ...plain };
  const name = key.slice(dot + 1);
  if (kind !== "metric") return { kind, label: unquote(name), ...plain };
  const at = /^`([^`]+)`@(-?\d+)$/.exec(name);
  if (at !== null) return { kind, label: at[1] as string, aggregate: "last", step: Number(at[2]) };
  const last = name.slice(name.lastIndexOf(".") + 1) as Aggregate;
  const bare = name.slice(0, -last.length - 1);
  if (bare === "" || !AGGREGATES.includes(last)) return { kind, label: unquote(name), ...plain };
  return { kind, label: unquote(bare), aggregate: last, step: null };
}

function unquote(name: string): string {
  const quote = name[0];
  const quoted = name.length >= 2 && (quote === "`" || quote === '"') && name.endsWith(quote);
  return quoted ? name.slice(1, -1) : name;
}

/** The key of a kind and a bare name, quoted where the grammar needs it. */
export function columnKey(kind: ColumnKind, label: string): string {
  const ambiguous = kind === "metric" && (AGGREGATES as readonly string[]).includes(label.split(".").at(-1) ?? "");
  const plain = /^[A-Za-z_]\w*(\.\w+)*$/.test(label) && !ambiguous;
  return `${SPACES[kind]}.${plain ? label : `\`${label}\``}`;
}

/** The column of a metric under another aggregate. */
export function withAggregate(label: string, aggregate: Aggregate): string {
  const key = columnKey("metric", label);
  return aggregate === "last" ? key : `${key}.${aggregate}`;
}

export function atStep(label: string, step: number): string {
  return `metrics.\`${label}\`@${step}`;
}

/** "loss", "loss min", "loss at 100" */
export function columnTitle({ label, aggregate, step }: ColumnName): string {
  if (step !== null) return `${label} at ${step}`;
  return aggregate === "last" ? label : `${label} ${aggregate}`;
}

/** Whether the search language knows the column. */
export function isSearchable(key: string): boolean {
  return parseColumn(key).step === null;
}

export const GROUP_TITLES: Record<ColumnKind | "system", string> = {
  metric: "Metrics",
  param: "Params",
  tag: "Tags",
  attribute: "Attributes",
  system: "System",
};
export type ColumnGroup = { kind: keyof typeof GROUP_TITLES; columns: Column[] };

/** What a machine or we ourselves wrote stands apart from what the user did. */
export function spaceOf({ kind, label }: Pick<Column, "kind" | "label">): keyof typeof GROUP_TITLES {
  if (kind === "metric" && label.startsWith("system/")) return "system";
  if (kind === "tag" && /^(trackbook|mlflow)\./.test(label)) return "system";
  return kind;
}

/** Columns whose key holds every word of `search`, in groups: metrics, params, tags, attributes, system. */
export function groupColumns(columns: readonly Column[], search: string): ColumnGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (column: Column) => words.every((word) => column.key.toLowerCase().includes(word));
  return (Object.keys(GROUP_TITLES) as ColumnGroup["kind"][])
    .map((kind) => ({ kind, columns: columns.filter((column) => spaceOf(column) === kind && fits(column)) }))
    .filter((group) => group.columns.length > 0);
}

/** Metrics in columns that nobody chose, with those that first appear while the table is shown; as in `widgets/columns.py`. */
const MOST_METRICS = 8;
const MACHINE = "system/";

const isMetric = (key: string) => parseColumn(key).kind === "metric";

export const hasMetric = (keys: readonly string[]): boolean => keys.some(isMetric);

/** The columns of all metrics but those of the machine. */
export function results(columns: readonly Column[]): string[] {
  return columns.filter(({ kind, label }) => kind === "metric" && !label.startsWith(MACHINE)).map(({ key }) => key);
}

/** The columns with new metrics behind those they begin with, as far as there is room for them. */
export function withResults(keys: readonly string[], fresh: readonly string[]): string[] {
  const first = keys.findIndex((key) => !isMetric(key));
  const at = first < 0 ? keys.length : first;
  const room = Math.max(0, MOST_METRICS - keys.filter(isMetric).length);
  return [...keys.slice(0, at), ...fresh.slice(0, room), ...keys.slice(at)];
}
