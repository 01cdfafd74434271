/** What a column of the run table is. */

import type { Num } from "../../bridge/payloads";
import type { Group, TableRow } from "../../bridge/table";
import type { Track } from "../../lib/tracks";

export interface ColumnSpec extends Track {
  id: string;
  label: string;
  /** of a metric that is not the last value, said small behind the label */
  note: string;
  /** the whole name, for the header's title */
  title: string;
  /** by what the column is ordered; null where it cannot be */
  sort: string | null;
  /** as the search language names it; null where it is no field of it */
  key: string | null;
  /** whether it can be filtered by, and summed up */
  isSearched: boolean;
  /** one of the chosen ones, that can be taken away and moved */
  chosen: boolean;
  align: "start" | "end";
  /** draws the cell's content; null for nothing */
  cell(row: TableRow): Node | null;
  /** writes the row into what `cell` drew for the one before; false where that cannot be */
  renew?(content: HTMLElement, row: TableRow, before: TableRow): boolean;
  /** what a click takes as the cell's value, for a filter; null for nothing */
  value(row: TableRow): string | Num | null;
  /** draws what the column says of a group */
  group(group: Group): Node | null;
}

type Fixed = Pick<ColumnSpec, "id" | "label" | "sort" | "width_px" | "cell"> & Partial<ColumnSpec>;
export const fixed = (spec: Fixed): ColumnSpec => ({
  title: spec.label,
  note: "",
  grow: 0,
  align: "start",
  key: spec.sort,
  isSearched: spec.sort !== null,
  chosen: false,
  value: () => null,
  group: () => null,
  ...spec,
});

/** The column of boxes; its cells are drawn by the grid, which knows what is selected. */
export const SELECT = "select";
export const NAME = "name";
/** Columns that stay while others scroll. */
export const PINNED = 2;
