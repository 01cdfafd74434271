/** Runs for the table: any number of them, made by formula, with the store's part (filter, order, pages) played in the browser. */
import { Refusal } from "../src/bridge/fake";
import type { Status } from "../src/bridge/payloads";
import type {
  Column,
  Groups,
  Order,
  RowsParams,
  Summary,
  TableRow,
  TableState,
  TableTraits,
} from "../src/bridge/table";
import { toNumber } from "../src/lib/number";

const NOW = Date.now();
const STATUSES: Status[] = ["FINISHED", "FINISHED", "FINISHED", "FAILED", "FINISHED", "KILLED"];
const ADJECTIVES = ["gentle", "brave", "swift", "loud", "quiet", "amber", "lucid"];
const ANIMALS = ["heron", "otter", "lynx", "crane", "ibis", "marten", "newt", "wren"];

function cellOf(i: number): TableRow["cell"] {
  const version = (i % 40) + 1;
  if (i % 3 === 2) return { line: "lesson.ipynb#b169cc35", label: `cell [${i + 7}]`, named: false, version };
  const label = i % 2 ? "svm" : "epochs";
  return { line: `lesson.ipynb#${label}`, label, named: true, version };
}

function row(i: number): TableRow {
  const status: Status = i === 0 ? "RUNNING" : (STATUSES[i % STATUSES.length] as Status);
  const start_ms = NOW - (i * 47 + 1) * 60_000;
  const kernel = ["rbf", "linear", "poly"][i % 3] as string;
  return {
    run: {
      run_id: `run-${String(i).padStart(6, "0")}`,
      name: `${ADJECTIVES[i % 7]}-${ANIMALS[i % 8]}-${i}`,
      experiment_id: "1",
      experiment: "breast-cancer",
      status,
      start_ms,
      end_ms: status === "RUNNING" ? null : start_ms + 400 + ((i * 7919) % 90_000),
      user: "ada",
    },
    cell: i % 5 === 4 ? null : cellOf(i),
    values: {
      "metrics.accuracy": 0.9 + ((i * 37) % 100) / 1013,
      ...(i % 4 === 3 ? {} : { "metrics.`val/loss`": i % 11 === 10 ? "NaN" : ((i * 13) % 97) / 31.7 }),
      "params.C": String([0.1, 1, 10, 100][i % 4]),
      "params.seed": String(i % 5),
      "params.kernel": kernel,
      "tags.note": i % 6 === 0 ? "looks promising, run again with more epochs and a smaller learning rate" : "",
    },
  };
}

export const SHOWN = ["metrics.accuracy", "metrics.`val/loss`", "params.C", "params.kernel", "tags.note"];

export const COLUMNS: Column[] = [
  { key: "metrics.accuracy", kind: "metric", label: "accuracy", runs: 340 },
  { key: "metrics.`val/loss`", kind: "metric", label: "val/loss", runs: 255 },
  ...Array.from(
    { length: 40 },
    (_, i): Column => ({ key: `metrics.m${i}`, kind: "metric", label: `m${i}`, runs: i + 1 }),
  ),
  { key: "params.C", kind: "param", label: "C", runs: 340 },
  { key: "params.kernel", kind: "param", label: "kernel", runs: 340 },
  { key: "params.seed", kind: "param", label: "seed", runs: 340 },
  { key: "tags.note", kind: "tag", label: "note", runs: 57 },
  { key: "tags.trackbook.state", kind: "tag", label: "trackbook.state", runs: 340 },
  { key: "metrics.`system/cpu`", kind: "metric", label: "system/cpu", runs: 340 },
  { key: "attributes.run_id", kind: "attribute", label: "run_id", runs: 340 },
  { key: "attributes.user_id", kind: "attribute", label: "user_id", runs: 340 },
];

function compare(a: TableRow, b: TableRow, { key, desc }: Order): number {
  const of = (r: TableRow): string | number => {
    if (key === "attributes.run_name") return r.run.name;
    if (key === "attributes.start_time") return r.run.start_ms;
    if (key === "attributes.status") return r.run.status;
    if (key === "attributes.duration") return (r.run.end_ms ?? NOW) - r.run.start_ms;
    const value = r.values[key] ?? "";
    return key.startsWith("metrics.") && value !== "" ? toNumber(value as number) : value;
  };
  const [x, y] = [of(a), of(b)];
  return (x < y ? -1 : x > y ? 1 : 0) * (desc ? -1 : 1);
}

/** Of a table with very many columns: metrics.m0, metrics.m1, ... */
function madeUp(r: TableRow, key: string): number | undefined {
  const number = /^metrics\.m(\d+)$/.exec(key)?.[1];
  return number === undefined ? undefined : ((Number(number) * 7919 + r.run.start_ms) % 10_007) / 10_007;
}

/** A histogram or values, as Python counts them. */
function summaryOf(rows: TableRow[], key: string): Summary {
  const found = rows.map((row) => row.values[key]).filter((value) => value !== undefined);
  const empty = {
    key,
    runs: found.length,
    missing: rows.length - found.length,
    nan: 0,
    infinite: 0,
    low: null,
    high: null,
  };
  if (!key.startsWith("metrics.")) {
    const counts = new Map<string, number>();
    for (const value of found) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    const values = [...counts].map(([value, runs]) => ({ value, runs })).sort((a, b) => b.runs - a.runs);
    return { ...empty, numeric: false, bars: [], values, distinct: counts.size };
  }
  const numbers = found.map((value) => toNumber(value as number)).filter(Number.isFinite);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const bars = Array.from({ length: 24 }, () => 0);
  for (const x of numbers) {
    const at = Math.min(23, Math.floor(((x - low) / (high - low)) * 24));
    bars[at] = (bars[at] as number) + 1;
  }
  const nan = found.length - numbers.length;
  return { ...empty, numeric: true, nan, low, high, bars, values: [], distinct: new Set(numbers).size };
}

function groupsOf(rows: TableRow[], asked: string[], columns: string[]): Groups {
  const by = asked.includes("seeds") ? ["params.C", "params.kernel"] : asked;
  const keyOf = (row: TableRow) => by.map((key) => String(row.values[key] ?? ""));
  const found = new Map<string, TableRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  const groups = [...found.values()].map((members) => {
    const key = keyOf(members[0] as TableRow);
    const values: Groups["groups"][number]["values"] = {};
    for (const column of columns.filter((one) => one.startsWith("metrics."))) {
      const numbers = members.map((row) => row.values[column]).filter((x) => typeof x === "number");
      if (numbers.length === 0) continue;
      const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
      const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
      const std = numbers.length > 1 ? Math.sqrt(squares / (numbers.length - 1)) : null;
      values[column] = { n: numbers.length, mean, std, min: Math.min(...numbers), max: Math.max(...numbers) };
    }
    return { key, filter: `group ${JSON.stringify([by, key])}`, runs: members.length, values };
  });
  return { by, seeds: ["seed"], total: rows.length, groups, more: 0 };
}

/** Plays the kernel for a table of `count` runs. */
export function tableOf(count: number, delay_ms = 0, setting: Partial<TableTraits> = {}) {
  let all = Array.from({ length: count }, (_, i) => row(i));
  const trashed: TableRow[] = [];
  const matching = ({ filter, order_by, view, group }: RowsParams): TableRow[] => {
    const wanted = /kernel\s*=\s*'(\w+)'/.exec(filter)?.[1];
    if (filter !== "" && wanted === undefined && !filter.startsWith("metrics.accuracy >=")) {
      const position = Math.min(filter.length, 17);
      const message = `filter does not parse at position ${position}`;
      throw new Refusal({
        type: "FilterSyntaxError",
        message,
        position,
        expected: "a number",
        hint: "Metrics are compared with numbers.",
      });
    }
    let rows = view === "trash" ? trashed : all;
    if (wanted !== undefined) rows = rows.filter((r) => r.values["params.kernel"] === wanted);
    if (group !== undefined) {
      const [by, key] = JSON.parse(group.slice(6)) as [string[], string[]];
      rows = rows.filter((r) => by.every((column, i) => String(r.values[column] ?? "") === key[i]));
    }
    return order_by.length === 0
      ? rows
      : [...rows].sort((a, b) => order_by.map((o) => compare(a, b, o)).find((c) => c !== 0) ?? 0);
  };
  const take = (ids: string[], from: TableRow[], to: TableRow[]) => {
    to.push(...from.filter((r) => ids.includes(r.run.run_id)));
    return from.filter((r) => !ids.includes(r.run.run_id));
  };
  const only = (r: TableRow, columns: string[]): TableRow => ({
    ...r,
    values: Object.fromEntries(
      columns
        .map((key) => [key, r.values[key] ?? madeUp(r, key)] as const)
        .filter((pair): pair is [string, string | number] => pair[1] !== undefined),
    ),
  });
  const answer = async (method: string, params: Record<string, unknown>): Promise<unknown> => {
    if (delay_ms > 0) await new Promise((resolve) => setTimeout(resolve, delay_ms));
    const ids = (params.run_ids ?? []) as string[];
    const columns = (params.columns ?? []) as string[];
    switch (method) {
      case "columns":
        return COLUMNS;
      case "register":
        return { name: params.name, version: "1", aliases: params.alias ? [params.alias] : [] };
      case "runs":
        return all.filter((r) => ids.includes(r.run.run_id)).map((r) => only(r, columns));
      case "summary":
        return summaryOf(all, String(params.key));
      case "groups":
        return groupsOf(matching({ ...params, order_by: [] } as unknown as RowsParams), params.by as string[], columns);
      case "sets":
        return [{ name: "short", columns: ["metrics.accuracy"], order_by: [], group_by: [] }];
      case "experiments":
        return [{ experiment_id: "1", name: "breast-cancer" }];
      case "text":
        return { text: "run,accuracy\n", runs: count, name: "runs" };
      case "watch":
        return null;
      case "compare":
        return "model";
      case "trash":
        all = take(ids, all, trashed);
        return { said: `${ids.length} runs moved to the trash`, undo: "1" };
      case "undo":
        all = [...trashed.splice(0), ...all];
        return { said: "restored", undo: null };
      case "rows": {
        const rows = matching(params as unknown as RowsParams);
        const offset = Number(params.offset);
        return {
          total: rows.length,
          rows: rows.slice(offset, offset + Number(params.limit)).map((r) => only(r, columns)),
        };
      }
      default:
        return { said: `${method} done`, undo: null };
    }
  };
  const table: TableState = {
    schema: 1,
    title: "breast-cancer",
    filter: "",
    order_by: [{ key: "attributes.start_time", desc: true }],
    columns: SHOWN,
    total: count,
    unfiltered: count,
    rows: all.slice(0, 100).map((r) => only(r, SHOWN)),
  };
  return { table, answer, setting };
}

/** 100,000 runs, 2,000 columns. */
export function hugeTable() {
  const { table, answer, setting } = tableOf(100_000);
  const columns = [...SHOWN, ...Array.from({ length: 1995 }, (_, i) => `metrics.m${i}`)];
  return { table: { ...table, columns }, answer, setting };
}

/** All traits of a table. */
export function traitsOf({ table, setting }: Pick<ReturnType<typeof tableOf>, "table" | "setting">): TableTraits {
  const { filter, order_by, columns } = table;
  return { table, selected: [], filter, order_by, columns, group_by: [], baseline: "", looks: {}, ...setting };
}

/** Three runs whose every text is against us. */
export function hostileTable() {
  const { table, answer, setting } = tableOf(3);
  const bad = ["<script>alert(1)</script>", "x".repeat(500), "שלום ‮olleh\nnew line 😀"];
  const rows = table.rows.map((r, i) => ({
    ...r,
    run: { ...r.run, name: bad[i] as string },
    cell: { line: bad[(i + 1) % 3] as string, label: bad[(i + 1) % 3] as string, named: true, version: 1 },
    values: Object.fromEntries(
      SHOWN.map((key) => [key, key.startsWith("metrics") ? ("NaN" as const) : (bad[i] as string)]),
    ),
  }));
  const columns = [...SHOWN, "params.`<img src=x onerror=alert(1)>`", `metrics.\`${"k".repeat(250)}\``];
  const wrong = async (method: string, params: Record<string, unknown>) =>
    method === "runs" ? rows : method === "rows" ? { total: 3, rows } : answer(method, params);
  return { table: { ...table, rows, columns }, answer: wrong, setting };
}
