/** What a table asks for: another query, other columns, the same anew. */
import { RequestFailed } from "../../bridge/requests";
import { joined, missing, PARENT, topLevel, withoutColumn } from "../../lib/conditions";
import type { Notice } from "../notice";
import { messageOf } from "../view";
import type { Chosen } from "./chosen";
import type { Completions } from "./completions";
import type { FilterBox } from "./filter";
import type { Grid } from "./grid/index";
import type { Grouping } from "./grouping";
import type { Query, TableHost } from "./host";
import type { Source } from "./source";

/** The parts of a table that a question concerns. */
export interface Asked {
  readonly element: HTMLElement;
  readonly host: TableHost;
  readonly source: Source;
  readonly grouping: Grouping;
  readonly filter: FilterBox;
  readonly completions: Completions;
  readonly grid: Grid;
  readonly chosen: Chosen;
  readonly notice: Notice;
}

export class Questions {
  isOffline = false;
  /** questions that are on their way */
  private asking = 0;

  constructor(private readonly table: Asked) {}

  async ask(change: Partial<Query>): Promise<void> {
    const { notice, filter, source } = this.table;
    this.say(+1);
    try {
      await this.answered(change);
    } catch (error) {
      const isLast = this.asking === 1; // what waits besides has been overtaken, and no answer brings it
      if (error instanceof RequestFailed && error.type === "FilterSyntaxError") {
        filter.refuse(error);
        if (isLast && source.isWaiting) void this.ask({});
      } else {
        notice.error(messageOf(error), () => void this.ask(change));
        if (isLast) source.forget();
      }
    } finally {
      this.say(-1);
    }
  }

  /** One more demand; in the place of those on the same column where `key` names it. */
  narrow(condition: string, key?: string): void {
    const { filter } = this.table.source.wanted;
    this.table.filter.write(joined(key === undefined ? filter : withoutColumn(filter, key), condition));
  }

  /** Whether the filter leaves out runs that were started in another one. */
  get hidesChildren(): boolean {
    return topLevel(this.table.source.wanted.filter.trim()).includes(missing(PARENT));
  }

  hideChildren(hidden: boolean): void {
    if (hidden) this.narrow(missing(PARENT), PARENT);
    else this.table.filter.write(withoutColumn(this.table.source.wanted.filter, PARENT));
  }

  setColumns(columns: string[]): void {
    const { source, host, grouping } = this.table;
    source.setColumns(columns);
    const { filter, order_by } = source.query;
    host.onQuery({ filter, order_by, columns });
    void grouping.load();
  }

  moveColumn(key: string, by: -1 | 1): void {
    const { columns } = this.table.source.wanted;
    const at = columns.indexOf(key);
    this.setColumns(columns.filter((one) => one !== key).toSpliced(Math.max(0, at + by), 0, key));
    this.table.grid.showColumn(key);
  }

  readAgain(): void {
    const { grouping, source, grid, notice } = this.table;
    if (this.isOffline) return;
    if (grouping.isOn) {
      void grouping.load();
      return;
    }
    const [first, last] = grid.inSight();
    source.refresh(first, last).catch((error) => notice.error(messageOf(error), () => this.readAgain()));
  }

  /** New rows come in above what is looked at without moving it, the active cell or the place that ranges begin at. */
  keepPlace(change: () => boolean): boolean {
    const { grid, source, chosen } = this.table;
    const top = grid.topLine();
    const idOn = (line: number) => source.row(line)?.run.run_id;
    const before = [idOn(top.index), idOn(grid.activeRow), idOn(chosen.anchor)];
    if (!change()) return false;
    const [place = -1, active = -1, anchor = -1] = before.map((id) => (id === undefined ? -1 : source.placeOf(id)));
    if (place >= 0 && place !== top.index && top.index > 0) grid.scrollToLine(place, top.offset_px);
    if (active >= 0) grid.activeRow = active;
    if (anchor >= 0) chosen.anchor = anchor;
    grid.drawRows();
    return true;
  }

  private say(more: 1 | -1): void {
    this.asking += more;
    this.table.element.toggleAttribute("data-asking", this.asking > 0);
  }

  private async answered(change: Partial<Query>): Promise<void> {
    const { source, grouping, grid } = this.table;
    const before = source.query;
    const isOrder = change.order_by !== undefined && Object.keys(change).length === 1;
    const toTop = () => {
      if (change.filter !== undefined || change.order_by !== undefined || change.view !== undefined) grid.scrollToTop();
    };
    if (grouping.isOn && isOrder) {
      source.arrange(change);
      toTop();
      grouping.source.arrange(source.query);
      grid.redraw();
    } else if (!(await source.ask(change, toTop))) return; // a later question has overtaken this, and asks for both
    await this.arrived(before, change.filter !== undefined);
  }

  private async arrived(before: Query, anyway: boolean): Promise<void> {
    const { source, grouping, filter: box, chosen, notice, completions, host } = this.table;
    notice.clear();
    completions.forget();
    const { filter, order_by, columns, view } = source.query;
    if (view !== before.view) chosen.choose([]);
    box.set(filter);
    host.onQuery({ filter, order_by, columns });
    if (anyway || filter !== before.filter) await grouping.load();
    await source.countAll();
  }
}
