/** Sorting rows that are all here, as the store sorts: values, then NaN, then nothing, in both directions; newest first. */
import type { Order, TableRow } from "../bridge/table";

const MISSING = 2;
const NOT_A_NUMBER = 1;

/** A copy in the order asked for; null where a column is asked for that rows do not tell. */
export function sortedRows(
  rows: readonly TableRow[],
  order_by: readonly Order[],
  knows: (row: TableRow, key: string) => boolean,
): TableRow[] | null {
  if (order_by.some(({ key }) => !isAttribute(key) && rows.some((row) => !knows(row, key)))) return null;
  if (order_by.some(({ key }) => isAttribute(key) && ATTRIBUTES[key] === undefined)) return null;
  const compare = order_by.map(comparison);
  return [...rows].sort((a, b) => {
    for (const one of compare) {
      const found = one(a, b);
      if (found !== 0) return found;
    }
    return b.run.start_ms - a.run.start_ms || plain(a.run.run_id, b.run.run_id);
  });
}

const isAttribute = (key: string) => key.startsWith("attributes.");

const ATTRIBUTES: Record<string, ((row: TableRow) => string | number | null) | undefined> = {
  "attributes.run_name": ({ run }) => run.name,
  "attributes.run_id": ({ run }) => run.run_id,
  "attributes.status": ({ run }) => run.status,
  "attributes.start_time": ({ run }) => run.start_ms,
  "attributes.end_time": ({ run }) => run.end_ms,
  "attributes.duration": ({ run }) =>
    run.end_ms === null ? null : Math.max(0, run.end_ms - run.start_ms - (run.paused_ms ?? 0)),
  "attributes.experiment": ({ run }) => run.experiment,
  "attributes.experiment_id": ({ run }) => run.experiment_id,
  "attributes.user_id": ({ run }) => run.user,
  "attributes.cell": ({ cell }) => cell?.line ?? null,
};

function comparison({ key, desc }: Order): (a: TableRow, b: TableRow) => number {
  const isMetric = key.startsWith("metrics.");
  const read = ATTRIBUTES[key] ?? ((row: TableRow) => row.values[key] ?? null);
  const value = (row: TableRow): string | number | null => {
    const found = read(row);
    return isMetric && found !== null ? Number(found) : found;
  };
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    return rank(x) - rank(y) || (rank(x) === 0 ? plain(x, y) * (desc ? -1 : 1) : 0);
  };
}

function rank(value: string | number | null): number {
  return value === null ? MISSING : Number.isNaN(value) ? NOT_A_NUMBER : 0;
}

function plain<T extends string | number | null>(x: T, y: T): number {
  return (x as string) < (y as string) ? -1 : (x as string) > (y as string) ? 1 : 0;
}
