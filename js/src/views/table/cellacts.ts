/** What a cell of a table is good for, by a key or from its menu. */
import { equals } from "../../lib/conditions";
import type { RunColours } from "../../lib/runcolours";
import { runOpener } from "../addresses";
import type { Baseline } from "./baseline";
import type { ColumnSpec } from "./columnspec";
import type { GridLine } from "./grid/index";
import { cellMenu, isFilterable } from "./menus";
import type { Menu } from "./popup";

export interface CellHost {
  /** where a menu gives the focus back to */
  readonly grid: HTMLElement;
  narrow(condition: string): void;
  copy(text: string): void;
  pin(run_id: string): void;
  /** runs that are here */
  known(): string[];
}

export class CellActs {
  constructor(
    private readonly baseline: Baseline,
    private readonly looks: RunColours,
    private readonly menu: Menu,
    private readonly host: CellHost,
  ) {}

  /** A key on a cell; true where it meant something. */
  press(key: string, line: GridLine | undefined, column: ColumnSpec | undefined): boolean {
    const row = line?.row;
    if (row === undefined) return false;
    const { run_id } = row.run;
    const value = column ? column.value(row) : null;
    switch (key) {
      case "f":
        if (column === undefined || !isFilterable(column, value)) return false;
        this.host.narrow(equals(column.key as string, value));
        return true;
      case "c":
        if (value === null) return false;
        this.host.copy(String(value));
        return true;
      case "b":
        this.host.pin(this.baseline.run_id === run_id ? "" : run_id);
        return true;
      case "o": {
        const open = runOpener(run_id);
        open?.();
        return open !== null;
      }
      case "h":
        this.looks.setVisible([run_id], !this.looks.isVisible(run_id));
        return true;
      default:
        return false;
    }
  }

  open({ row, group }: GridLine, column: ColumnSpec, anchor: Element): void {
    const { grid } = this.host;
    if (group !== undefined) {
      const narrow = { label: "Only this group", run: () => this.host.narrow(group.filter) };
      this.menu.open("Group", [narrow], anchor, grid);
    } else if (row !== undefined) {
      const state = { baseline: this.baseline.run_id, isVisible: this.looks.isVisible(row.run.run_id) };
      const items = cellMenu(row, column, state, {
        filter: (condition) => this.host.narrow(condition),
        copy: (text) => this.host.copy(text),
        pin: (run_id) => this.host.pin(run_id),
        show: (ids, visible) => this.looks.setVisible(ids, visible),
        only: (run_id) => this.showOnly(run_id),
      });
      this.menu.open(`Run ${row.run.name}`, items, anchor, grid);
    }
  }

  private showOnly(run_id: string): void {
    this.looks.setVisible(this.host.known(), false);
    this.looks.setVisible([run_id], true);
  }
}
