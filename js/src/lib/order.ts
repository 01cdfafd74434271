/** What a click on a column header does to the order of a table. */
import type { Order } from "../bridge/table";

/**
 * The next order: a column goes ascending, descending, off.
 * `additive` (shift) keeps the other columns and changes this one in its place; without it this column stands alone.
 */
export function nextOrder(current: readonly Order[], key: string, additive: boolean): Order[] {
  const at = current.findIndex((order) => order.key === key);
  const old = current[at];
  const next: Order[] = old === undefined ? [{ key, desc: false }] : old.desc ? [] : [{ key, desc: true }];
  if (!additive) return next;
  return old === undefined ? [...current, ...next] : current.toSpliced(at, 1, ...next);
}

export function ariaSort(order: Order | undefined): "ascending" | "descending" | "none" {
  return order === undefined ? "none" : order.desc ? "descending" : "ascending";
}

export function sameOrder(a: readonly Order[], b: readonly Order[]): boolean {
  return a.length === b.length && a.every((order, i) => order.key === b[i]?.key && order.desc === b[i]?.desc);
}
