/**
 * The run table: filter, order, columns, groups and selection are shared with Python; scroll position, active cell and
 * what is open stay here; colours and visibility of runs belong to the page.
 */
import type { RowsChanged, TableRow, TableState } from "../../bridge/table";
import { type SavedLooks, sharedRunColours } from "../../lib/runcolours";
import { oneLine, shorten } from "../../lib/text";
import { Clock } from "../clock";
import { button, h, icon, user } from "../dom";
import { Notice } from "../notice";
import type { Connection, View } from "../view";
import { messageOf } from "../view";
import { TableActions } from "./actions";
import { Baseline } from "./baseline";
import { CellActs } from "./cellacts";
import type { Chooser } from "./chooser";
import { Chosen } from "./chosen";
import { chooserOf, headOf } from "./columnacts";
import { Columns } from "./columns";
import type { ColumnSpec } from "./columnspec";
import { Completions } from "./completions";
import { FilterBox } from "./filter";
import { Foot } from "./foot";
import { Gestures, type Reached } from "./gestures";
import { Grid, type GridLine } from "./grid/index";
import { Grouping } from "./grouping";
import { GroupSource } from "./groups";
import type { Head } from "./head";
import type { Query, Setting, TableHost } from "./host";
import { tableMenu } from "./menus";
import { TablePanel } from "./panel";
import { Menu } from "./popup";
import { type Asked, Questions } from "./questions";
import { Said } from "./said";
import { Source } from "./source";

const SAMPLE = 100;
/** looks saved with the widget: of runs seen here, no more */
const LOOKS_AT_MOST = 200;

export interface TableView extends View<TableState> {
  select(run_ids: readonly string[]): void;
  /** Python set the columns, the order or the filter */
  query(query: Partial<Query>): void;
  setting(setting: Partial<Setting>): void;
  connection(connection: Connection): void;
  /** Python pushed rows that have changed */
  push(changed: RowsChanged): void;
}

export function tableView(
  root: HTMLElement,
  state: TableState,
  chosen: readonly string[],
  setting: Setting,
  looks: Partial<SavedLooks>,
  host: TableHost,
  now: () => number = Date.now,
): TableView {
  return new Table(root, state, chosen, setting, looks, host, now);
}

class Table implements TableView, Asked, Reached {
  specs: ColumnSpec[] = [];
  private readonly gestures = new Gestures(this);
  readonly looks = sharedRunColours();
  private readonly clock: Clock;
  readonly notice = new Notice();
  readonly source: Source;
  readonly grouping: Grouping;
  readonly completions: Completions;
  readonly filter: FilterBox;
  readonly chosen: Chosen;
  readonly grid: Grid;
  readonly element: HTMLElement;
  readonly baseline: Baseline;
  private readonly columns: Columns;
  private readonly chooser: Chooser;
  readonly head: Head;
  private readonly menu = new Menu();
  readonly panel = new TablePanel(() => this.grid.focus());
  private readonly actions: TableActions;
  readonly cells: CellActs;
  readonly foot: Foot;
  readonly questions = new Questions(this);
  private readonly title = h("div", { class: "tb-table-title" });
  private readonly more = button("", () => this.openMore(), {
    class: "tb-button tb-more",
    "aria-label": "More",
    title: "Copy, download, trash, keys",
    "aria-haspopup": "menu",
  });
  private readonly said = new Said(this);
  private readonly stop: () => void;

  constructor(
    root: HTMLElement,
    state: TableState,
    chosen: readonly string[],
    setting: Setting,
    looks: Partial<SavedLooks>,
    readonly host: TableHost,
    now: () => number,
  ) {
    if (looks.colours && looks.hidden) this.looks.load(looks as SavedLooks);
    this.clock = new Clock(now);
    const failed = (error: unknown) =>
      this.notice.error(`Rows could not be fetched. ${messageOf(error)}`, () => this.grid.drawRows());
    this.source = new Source(state, host.ask, () => this.draw(), failed);
    this.completions = new Completions(host.ask, () => this.source.query.view);
    this.grouping = this.groupingOf(setting.group_by, failed);
    this.baseline = new Baseline(setting.baseline, host.ask, this.source, () => this.redrawAll());
    this.chosen = this.chosenOf(chosen);
    this.columns = new Columns(
      {
        clock: this.clock,
        baseline: () => this.baseline.row,
        looks: this.looks,
        groupedBy: () => (this.grouping.isOn ? (this.grouping.source.found?.by ?? []) : []),
        interval: () => this.grouping.interval,
      },
      (row, key) => this.source.knows(row, key),
    );
    this.filter = new FilterBox(state.filter, {
      ask: (filter) => void this.questions.ask({ filter }),
      complete: (text, caret) => this.completions.at(text, caret),
      leave: () => this.grid.focus(),
    });
    this.chooser = chooserOf(this);
    this.head = headOf(this);
    this.grid = new Grid(`Runs of ${shorten(oneLine(state.title), 80)}`, this.gestures.model(), this.gestures.events());
    this.actions = new TableActions(host, this.source, this.chosen, this.panel, () => this.foot);
    this.foot = new Foot(this.actions.offered(() => this.questions.readAgain()));
    this.cells = new CellActs(this.baseline, this.looks, this.menu, {
      grid: this.grid.element,
      narrow: (condition) => this.questions.narrow(condition),
      copy: (text) => this.actions.copy(text),
      pin: (run_id) => this.pin(run_id),
      known: () => [...this.source.known()].map((row) => row.run.run_id),
    });
    this.more.append(icon("more"));
    this.element = this.laidOut();
    root.classList.add("tb-root");
    root.append(this.element);
    this.stop = this.looks.onChange((change) => change === "looks" && this.drawLooks());
    this.title.replaceChildren(user(state.title));
    this.draw();
    this.source.countAll().catch(() => {});
    void this.grouping.load();
  }

  update(state: TableState): void {
    this.title.replaceChildren(user(state.title));
    this.filter.set(state.filter);
    this.source.reset(state);
    void this.grouping.load();
  }

  select(run_ids: readonly string[]): void {
    this.chosen.set(run_ids);
  }

  query({ columns, filter, order_by }: Partial<Query>): void {
    const { query } = this.source;
    if (columns !== undefined && String(columns) !== String(query.columns)) {
      this.source.setColumns(columns);
      void this.grouping.load();
    }
    if (filter !== undefined && filter !== query.filter) {
      this.filter.set(filter);
      void this.questions.ask(order_by === undefined ? { filter } : { filter, order_by });
    } else if (order_by !== undefined && JSON.stringify(order_by) !== JSON.stringify(query.order_by)) {
      void this.questions.ask(filter === undefined ? { order_by } : { filter, order_by });
    }
  }

  setting({ group_by, baseline }: Partial<Setting>): void {
    if (group_by !== undefined && String(group_by) !== String(this.grouping.keys)) void this.grouping.by(group_by);
    if (baseline !== undefined && baseline !== this.baseline.run_id) this.baseline.pin(baseline);
  }

  connection(connection: Connection): void {
    this.questions.isOffline = connection.state === "offline";
    this.notice.connection(connection);
    this.element.setAttribute("aria-busy", String(connection.state === "busy"));
  }

  push(changed: RowsChanged): void {
    if (this.grouping.isOn) this.grouping.touch();
    else this.questions.keepPlace(() => this.source.take(changed)) || this.questions.readAgain();
  }

  dispose(): void {
    this.gestures.dispose();
    this.stop();
    this.grouping.dispose();
    this.filter.dispose();
    this.chooser.close();
    this.head.close();
    this.menu.close();
    this.grid.dispose();
    this.clock.dispose();
    this.element.remove();
  }

  // --- parts ---------------------------------------------------------------------------------------------------------

  private laidOut(): HTMLElement {
    const bar = [this.title, this.filter.element, this.grouping.button, this.chooser.button, this.more];
    return h(
      "div",
      { class: "tb-table" },
      h("div", { class: "tb-table-bar" }, ...bar),
      this.filter.problem,
      this.said.state,
      this.notice.element,
      this.grid.element,
      this.said.empty,
      this.foot.element,
      this.panel.element,
      this.chooser.panel,
      this.head.element,
      this.menu.element,
    );
  }

  private groupingOf(by: string[], failed: (error: unknown) => void): Grouping {
    const groups = new GroupSource(
      this.host.ask,
      () => this.draw(),
      failed,
      (rows, keys) => this.source.remember(rows, keys),
    );
    return new Grouping(by, groups, this.completions, this.menu, {
      query: () => this.source.query,
      tell: (group_by) => this.host.onSetting({ group_by }),
      changed: () => this.redrawAll(),
      cleared: () => {
        this.redrawAll();
        this.grid.scrollToTop();
      },
      failed: (error) => this.notice.error(messageOf(error), () => void this.grouping.load()),
    });
  }

  private chosenOf(ids: readonly string[]): Chosen {
    const idOf = (index: number) => this.line(index).row?.run.run_id;
    return new Chosen(ids, {
      idOf,
      idsOf: async (first, last) => {
        if (!this.grouping.isOn) return this.source.ids(first, last);
        const lines = Array.from({ length: last - first + 1 }, (_, i) => idOf(first + i));
        return lines.filter((id) => id !== undefined); // members that are unfolded and here
      },
      changed: () => this.drawSelection(),
      tell: (run_ids) => this.host.onSelect(run_ids),
      failed: (error) => this.notice.error(`The runs could not be selected. ${messageOf(error)}`),
    });
  }

  // --- drawing -------------------------------------------------------------------------------------------------------

  get total(): number {
    return this.grouping.isOn ? this.grouping.source.total : this.source.total;
  }

  line(index: number): GridLine {
    if (this.grouping.isOn) return this.grouping.source.line(index);
    return { row: this.source.row(index), group: undefined, isOpen: false };
  }

  /** Draws what has changed: all of it only where columns or the number of lines have. */
  private draw(): void {
    const specs = this.columns.specs(this.source.query.columns, this.sample());
    const isSame = specs.length === this.specs.length && specs.every((spec, i) => sameSpec(spec, this.specs[i]));
    if (!isSame) this.specs = specs;
    if (!this.grouping.isOn) this.looks.show([...this.source.known()].map((row) => row.run));
    this.grid.redraw(isSame);
    this.said.draw();
    this.drawSelection();
  }

  private redrawAll(): void {
    this.columns.forget();
    this.specs = [];
    this.draw();
  }

  private sample(): TableRow[] {
    const found = Array.from({ length: Math.min(SAMPLE, this.source.total) }, (_, i) => this.source.row(i));
    return found.filter((row) => row !== undefined);
  }

  private drawLooks(): void {
    this.grid.drawLooks();
    this.said.drawState();
    const ids = this.sample().map((row) => row.run.run_id);
    const { colours, hidden } = this.looks.save(ids.slice(0, LOOKS_AT_MOST));
    if (hidden.length > 0 || this.looks.anyHidden) this.host.onLooks({ colours, hidden });
  }

  private drawSelection(): void {
    this.grid.drawSelection();
    const { total, unfiltered, query } = this.source;
    const { isOn, source } = this.grouping;
    const { only, ids } = this.chosen;
    this.foot.update({
      total: isOn ? (source.found?.total ?? total) : total,
      unfiltered,
      filtered: query.filter !== "",
      groups: isOn ? (source.found?.groups.length ?? null) : null,
      view: query.view,
      selected: ids.length,
      single: only === undefined ? undefined : this.source.find(only),
    });
  }

  // --- what else is asked for ----------------------------------------------------------------------------------------

  private openMore(): void {
    const { query } = this.source;
    const state = {
      view: query.view,
      anyHidden: this.looks.anyHidden,
      selected: this.chosen.ids.length,
      hidesChildren: this.questions.hidesChildren,
    };
    const items = tableMenu(state, {
      copy: (format) => this.actions.copyTable(format),
      download: (format) => this.actions.download(format),
      look: (view) => void this.questions.ask({ view }),
      children: (hidden) => this.questions.hideChildren(hidden),
      showAll: () => this.looks.showAll(),
      refresh: () => this.questions.readAgain(),
      keys: () => this.panel.openKeys(),
    });
    this.menu.open("Table", items, this.more, this.more);
  }

  private pin(run_id: string): void {
    this.host.onSetting({ baseline: run_id });
    this.baseline.pin(run_id);
  }
}

function sameSpec(a: ColumnSpec, b: ColumnSpec | undefined): boolean {
  return b !== undefined && (a === b || (!a.chosen && a.id === b.id && a.width_px === b.width_px));
}
