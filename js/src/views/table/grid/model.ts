/** What a grid shows, asked whenever it draws, and the gestures that it reports. */
import type { Group, Order, TableRow } from "../../../bridge/table";
import type { Tick } from "../../../lib/selection";
import type { ColumnSpec } from "../columnspec";

export const ROW_PX = 28;
/** The header's place among the rows. */
export const HEADER = -1;

/** One line: a run, a group of runs, or neither where it has not been fetched. */
export interface GridLine {
  row: TableRow | undefined;
  group: Group | undefined;
  isOpen: boolean;
}

export interface GridModel {
  total(): number;
  line(index: number): GridLine;
  columns(): ColumnSpec[];
  order(): readonly Order[];
  isGrouped(): boolean;
  isSelected(run_id: string): boolean;
  isDimmed(run_id: string): boolean;
  /** drawn below the header, whatever is scrolled */
  baseline(): TableRow | undefined;
  tick(): Tick;
}

export type How = "alone" | "toggle" | "range";

export interface GridEvents {
  /** lines [first, last) and these columns have come into sight */
  seen(first: number, last: number, columns: readonly ColumnSpec[]): void;
  /** a row was chosen: alone, added or removed (toggle), or all from the last one to it (range) */
  choose(index: number, how: How): void;
  chooseAll(): void;
  toggleAll(): void;
  sort(key: string, additive: boolean): void;
  /** a group is to be unfolded or folded */
  fold(index: number, open?: boolean): void;
  /** what can be done with a cell, or a column where `line` is undefined */
  menu(line: GridLine | undefined, column: ColumnSpec, anchor: Element): void;
  /** a key that the grid does not know; true where it meant something */
  key(event: KeyboardEvent, line: GridLine | undefined, column: ColumnSpec | undefined): boolean;
  point(run_id: string | null): void;
}
