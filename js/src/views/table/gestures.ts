/** What the rows of the table are, and what gestures on them do: the grid itself knows neither runs nor groups. */
import { nextOrder } from "../../lib/order";
import type { RunColours } from "../../lib/runcolours";
import { tick } from "../../lib/selection";
import type { Baseline } from "./baseline";
import type { CellActs } from "./cellacts";
import type { Chosen } from "./chosen";
import type { ColumnSpec } from "./columnspec";
import type { FilterBox } from "./filter";
import type { Foot } from "./foot";
import type { GridEvents, GridLine, GridModel } from "./grid/index";
import type { Grouping } from "./grouping";
import type { Head } from "./head";
import type { TablePanel } from "./panel";
import type { Questions } from "./questions";
import type { Source } from "./source";

/** ms of rest before rows are fetched: a fast scroll passes by many */
const SETTLE_MS = 60;

/** The parts of the table that gestures reach. */
export interface Reached {
  readonly source: Source;
  readonly grouping: Grouping;
  readonly chosen: Chosen;
  readonly looks: RunColours;
  readonly baseline: Baseline;
  readonly questions: Questions;
  readonly head: Head;
  readonly cells: CellActs;
  readonly filter: FilterBox;
  readonly panel: TablePanel;
  readonly foot: Foot;
  readonly grid: { readonly element: HTMLElement };
  readonly specs: ColumnSpec[];
  readonly total: number;
  line(index: number): GridLine;
}

export class Gestures {
  private settle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly table: Reached) {}

  dispose(): void {
    clearTimeout(this.settle);
  }

  model(): GridModel {
    return {
      total: () => this.table.total,
      line: (index) => this.table.line(index),
      columns: () => this.table.specs,
      order: () => this.table.source.wanted.order_by,
      isGrouped: () => this.table.grouping.isOn,
      isSelected: (id) => this.table.chosen.has(id),
      isDimmed: (id) => !this.table.looks.isVisible(id),
      baseline: () => this.table.baseline.row,
      tick: () => tick(this.table.chosen.ids.length, this.table.source.total),
    };
  }

  events(): GridEvents {
    const all = () => void this.table.chosen.chooseRange(0, this.table.total - 1);
    return {
      seen: (first, last, columns) => {
        clearTimeout(this.settle);
        this.settle = setTimeout(() => this.ensure(first, last, columns), SETTLE_MS);
      },
      choose: (index, how) => void this.table.chosen.chooseRow(index, how),
      chooseAll: all,
      toggleAll: () => (this.table.chosen.ids.length > 0 ? this.table.chosen.choose([]) : all()),
      sort: (key, additive) =>
        void this.table.questions.ask({ order_by: nextOrder(this.table.source.wanted.order_by, key, additive) }),
      fold: (index, open) => this.table.grouping.source.toggle(index, open),
      menu: (line, column, anchor) => {
        if (line === undefined) this.table.head.open(column, anchor, this.table.grid.element);
        else this.table.cells.open(line, column, anchor);
      },
      key: (event, line, column) => {
        if (event.ctrlKey || event.metaKey) return false;
        return this.press(event.key) || this.table.cells.press(event.key, line, column);
      },
      point: (run_id) => this.table.looks.pointAt(run_id),
    };
  }

  private ensure(first: number, last: number, columns: readonly ColumnSpec[]): void {
    const keys = columns.filter((column) => column.chosen).map((column) => column.id);
    if (this.table.grouping.isOn) this.table.grouping.source.ensure(first, last, this.table.source.query, keys);
    else this.table.source.ensure(first, last, keys);
    void this.table.baseline.ensure(keys);
  }

  /** A key that concerns the table; true where it meant something. */
  private press(key: string): boolean {
    const acts: Record<string, () => void> = {
      "/": () => this.table.filter.focus(),
      "?": () => this.table.panel.openKeys(),
      g: () => this.table.grouping.toggle(),
      r: () => this.table.questions.readAgain(),
      Delete: () => this.table.foot.trash(),
    };
    const act = acts[key];
    act?.();
    return act !== undefined;
  }
}
