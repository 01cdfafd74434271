/** Runs for the table: any number of them, made by formula, with the store's part (filter, order, pages) played in the browser. */
import { Refusal } from "../src/bridge/fake";
import type { Column, Order, Status, TableRow, TableState } from "../src/bridge/payloads";
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
      "params.kernel": `'${kernel}'`,
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
  { key: "tags.note", kind: "tag", label: "note", runs: 57 },
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

/** Plays the kernel for a table of `count` runs. */
export function tableOf(count: number, delay_ms = 0) {
  const all = Array.from({ length: count }, (_, i) => row(i));
  const matching = (filter: string, order: Order[]): TableRow[] => {
    const wanted = /kernel\s*=\s*'(\w+)'/.exec(filter)?.[1];
    if (filter !== "" && wanted === undefined) {
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
    const rows = wanted === undefined ? all : all.filter((r) => r.values["params.kernel"] === `'${wanted}'`);
    return order.length === 0
      ? rows
      : [...rows].sort((a, b) => order.map((o) => compare(a, b, o)).find((c) => c !== 0) ?? 0);
  };
  const answer = async (method: string, params: Record<string, unknown>) => {
    if (delay_ms > 0) await new Promise((resolve) => setTimeout(resolve, delay_ms));
    if (method === "columns") return COLUMNS;
    if (method === "register") return { name: params.name, version: "1", aliases: params.alias ? [params.alias] : [] };
    const rows = matching(String(params.filter), params.order_by as Order[]);
    const offset = Number(params.offset);
    return { total: rows.length, rows: rows.slice(offset, offset + Number(params.limit)) };
  };
  const table: TableState = {
    schema: 1,
    title: "breast-cancer",
    filter: "",
    order_by: [{ key: "attributes.start_time", desc: true }],
    columns: SHOWN,
    total: count,
    unfiltered: count,
    rows: all.slice(0, 100),
  };
  return { table, answer };
}

/** Three runs whose every text is against us. */
export function hostileTable() {
  const { table, answer } = tableOf(3);
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
  return { table: { ...table, rows, columns }, answer };
}
