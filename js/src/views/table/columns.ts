/** The columns of a run table: those that always stand first, then the chosen params, metrics and tags. */
import type { Num, TableRow } from "../../bridge/payloads";
import { parseColumn } from "../../lib/columns";
import { formatNumber, fullNumber, looksNumeric } from "../../lib/number";
import { oneLine } from "../../lib/text";
import { formatAbsolute } from "../../lib/time";
import { cellElement } from "../cell";
import type { Clock } from "../clock";
import { h, user } from "../dom";
import { runId } from "../runid";
import { statusBadge } from "../status";

export interface ColumnSpec {
  id: string;
  label: string;
  /** the whole name, for the header's title */
  title: string;
  /** by what the column is ordered; null where it cannot be */
  sort: string | null;
  width_px: number;
  /** share of the room that is left over */
  grow: number;
  align: "start" | "end";
  /** draws the cell's content; null for nothing */
  cell(row: TableRow): Node | null;
}

type Fixed = Omit<ColumnSpec, "title" | "grow" | "align"> & Partial<ColumnSpec>;
const fixed = (spec: Fixed): ColumnSpec => ({ title: spec.label, grow: 0, align: "start", ...spec });

const RUN_ID = "attributes.run_id";

/** The column of boxes; its cells are drawn by the grid, which knows what is selected. */
export const SELECT = "select";

export function columnSpecs(keys: readonly string[], sample: readonly TableRow[], clock: Clock): ColumnSpec[] {
  const experiments = new Set(sample.map((row) => row.run.experiment_id));
  const name = fixed({
    id: "name",
    label: "Run",
    sort: "attributes.run_name",
    width_px: 160,
    grow: 2,
    cell: ({ run }) => user(run.name, "", `${run.name}\nrun ${run.run_id}`),
  });
  const status = fixed({
    id: "status",
    label: "Status",
    sort: "attributes.status",
    width_px: 112,
    cell: ({ run }) => statusBadge(run.status),
  });
  const cell = fixed({
    id: "cell",
    label: "Cell",
    sort: "attributes.cell",
    width_px: 112,
    grow: 1,
    cell: ({ cell }) => cell && cellElement(cell),
  });
  const experiment = fixed({
    id: "experiment",
    label: "Experiment",
    sort: "attributes.experiment",
    width_px: 128,
    grow: 1,
    cell: ({ run }) => user(run.experiment),
  });
  const start = fixed({
    id: "start",
    label: "Started",
    sort: "attributes.start_time",
    width_px: 104,
    align: "end",
    cell: ({ run }) => clock.since(run.start_ms),
  });
  const duration = fixed({
    id: "duration",
    label: "Duration",
    sort: "attributes.duration",
    width_px: 96,
    align: "end",
    cell: ({ run }) => clock.span(run.start_ms, run.end_ms),
  });
  const results = leadingMetrics(keys);
  return [
    fixed({ id: SELECT, label: "", title: "Select", sort: null, width_px: 32, cell: () => null }),
    name,
    status,
    start,
    ...keys.slice(0, results).map((key) => valueColumn(key, sample)),
    duration,
    ...(sample.some((row) => row.cell !== null) ? [cell] : []),
    ...(experiments.size > 1 ? [experiment] : []),
    ...keys.slice(results).map((key) => valueColumn(key, sample)),
  ];
}

/** How many metrics the chosen columns begin with: they stand right behind name, status and age, where they are seen. */
function leadingMetrics(keys: readonly string[]): number {
  const other = keys.findIndex((key) => parseColumn(key).kind !== "metric");
  return other < 0 ? keys.length : other;
}

function valueColumn(key: string, sample: readonly TableRow[]): ColumnSpec {
  const { kind, label } = parseColumn(key);
  const values = sample.map((row) => row.values[key]).filter((value) => value !== undefined && value !== "");
  const numeric =
    kind === "metric" || (values.length > 0 && values.every((v) => typeof v === "number" || looksNumeric(String(v))));
  const shown = (value: string | Num) => {
    if (typeof value === "number" && kind === "attribute" && label.endsWith("_time")) return formatAbsolute(value);
    return kind === "metric" || typeof value === "number" ? formatNumber(value as Num) : oneLine(value);
  };
  const widest = Math.max(oneLine(label).length + 4, ...values.map((value) => shown(value as string | Num).length));
  return {
    id: key,
    label: oneLine(label),
    title: `${key}`,
    sort: key,
    width_px: Math.min(220, Math.max(80, Math.round(widest * 7.4) + 28)),
    grow: 1,
    align: numeric ? "end" : "start",
    cell(row) {
      const value = row.values[key];
      if (value === undefined || value === "") return null;
      if (key === RUN_ID) return runId(String(value), { tabindex: -1 });
      if (kind !== "metric" && typeof value !== "number") return user(value);
      return h("span", { title: fullNumber(value as Num) }, shown(value));
    },
  };
}

/** All rows share these tracks, so that their columns align. */
export function gridTemplate(columns: readonly ColumnSpec[]): string {
  return columns
    .map(({ width_px, grow }) => (grow > 0 ? `minmax(${width_px}px, ${grow}fr)` : `${width_px}px`))
    .join(" ");
}

export function totalWidth(columns: readonly ColumnSpec[]): number {
  return columns.reduce((sum, column) => sum + column.width_px, 0);
}
