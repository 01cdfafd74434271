/**
 * The run table: filter, order, columns, groups and selection are shared with Python; scroll position, active cell and
 * what is open stay here; colours and visibility of runs belong to the page.
 */

import { RequestFailed } from "../../bridge/requests";
import type { Done, RowsChanged, TableRow, TableState, TextFormat } from "../../bridge/table";
import { equals, joined, withoutColumn } from "../../lib/conditions";
import { nextOrder } from "../../lib/order";
import { type SavedLooks, sharedRunColours } from "../../lib/runcolours";
import { extend, tick, toggle } from "../../lib/selection";
import { oneLine, plural, shorten } from "../../lib/text";
import { Clock } from "../clock";
import { button, h, icon, user } from "../dom";
import { Notice } from "../notice";
import type { Connection, View } from "../view";
import { messageOf } from "../view";
import { Chooser } from "./chooser";
import { type ColumnSpec, Columns, type Interval } from "./columns";
import { Completions } from "./completions";
import { FilterBox } from "./filter";
import { Foot } from "./foot";
import { Grid, type GridLine, type How } from "./grid";
import { GroupSource } from "./groups";
import { Head } from "./head";
import type { Query, Setting, TableHost } from "./host";
import { cellMenu, groupMenu, isFilterable, KEYS, SEEDS, tableMenu } from "./menus";
import { Menu } from "./popup";
import { emptyWords, groupingWords, groupsSaid, trashSaid } from "./said";
import { rowsQuery, Source } from "./source";
import { copyTable, copyText, download } from "./takeaway";

/** More are not chosen at one stroke. */
const CHOOSE_AT_MOST = 10_000;
const SAMPLE = 100;
/** ms of rest before rows are fetched: a fast scroll passes by many */
const SETTLE_MS = 60;
/** ms between two looks at groups whose runs change */
const GROUPS_PAUSE_MS = 3000;
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

class Table implements TableView {
  private selected: string[];
  private selectedSet: ReadonlySet<string>;
  private anchor = 0;
  private specs: ColumnSpec[] = [];
  private interval: Interval = "std";
  private baselineRow: TableRow | undefined;
  private settle: ReturnType<typeof setTimeout> | undefined;
  private groupsDue: ReturnType<typeof setTimeout> | undefined;
  private isOffline = false;
  private readonly looks = sharedRunColours();
  private readonly clock: Clock;
  private readonly notice = new Notice();
  private readonly source: Source;
  private readonly groups: GroupSource;
  private readonly columns: Columns;
  private readonly completions: Completions;
  private readonly filter: FilterBox;
  private readonly chooser: Chooser;
  private readonly head: Head;
  private readonly menu = new Menu();
  private readonly grid: Grid;
  private readonly foot: Foot;
  private readonly title = h("div", { class: "tb-table-title" });
  private readonly grouping = button("Group", () => void this.openGroups(), {
    class: "tb-button",
    "aria-haspopup": "menu",
  });
  private readonly more = button("", () => this.openMore(), {
    class: "tb-button tb-more",
    "aria-label": "More",
    title: "Copy, download, trash, keys",
    "aria-haspopup": "menu",
  });
  private readonly said = h("div", { class: "tb-table-state", hidden: true });
  private readonly empty = h("div", { class: "tb-empty" });
  private readonly panel = h("div", { class: "tb-table-panel" });
  private readonly element: HTMLElement;
  private readonly stops: (() => void)[];

  constructor(
    root: HTMLElement,
    state: TableState,
    chosen: readonly string[],
    private readonly set: Setting,
    looks: Partial<SavedLooks>,
    private readonly host: TableHost,
    now: () => number,
  ) {
    this.selected = [...chosen];
    this.selectedSet = new Set(chosen);
    if (looks.colours && looks.hidden) this.looks.load(looks as SavedLooks);
    this.clock = new Clock(now);
    const failed = (error: unknown) =>
      this.notice.error(`Rows could not be fetched. ${messageOf(error)}`, () => this.grid.drawRows());
    this.source = new Source(state, host.ask, () => this.draw(), failed);
    this.groups = new GroupSource(
      host.ask,
      () => this.draw(),
      failed,
      (rows, keys) => this.source.remember(rows, keys),
    );
    this.columns = new Columns(
      {
        clock: this.clock,
        baseline: () => this.baselineRow,
        dot: (row) => this.dot(row),
        groupedBy: () => (this.isGrouped ? (this.groups.found?.by ?? []) : []),
        interval: () => this.interval,
      },
      (row, key) => this.source.knows(row, key),
    );
    this.completions = new Completions(host.ask, () => this.source.query.view);
    this.filter = new FilterBox(state.filter, {
      ask: (filter) => void this.ask({ filter }),
      complete: (text, caret) => this.completions.at(text, caret),
      leave: () => this.grid.focus(),
    });
    this.chooser = new Chooser({
      columns: () => this.completions.columns(true),
      chosen: () => this.source.query.columns,
      choose: (columns) => this.setColumns(columns),
      sets: () => host.ask("sets", {}),
      saveSet: (name) => {
        const { columns, order_by } = this.source.query;
        return host.ask("save_set", { name, columns, order_by, group_by: this.set.group_by });
      },
      deleteSet: (name) => host.ask("delete_set", { name }),
      useSet: ({ columns, order_by, group_by }) => {
        this.setColumns(columns);
        void this.ask({ order_by });
        void this.groupBy(group_by);
      },
    });
    this.head = new Head({
      summary: (key) => host.ask("summary", { key, filter: this.source.query.filter, view: this.source.query.view }),
      filter: (key, condition) => this.narrow(condition, key),
      sort: (key, desc, additive) => {
        const others = additive ? this.source.query.order_by.filter((order) => order.key !== key) : [];
        void this.ask({ order_by: [...others, { key, desc }] });
      },
      replace: (key, other) =>
        this.setColumns(this.source.query.columns.flatMap((one) => (one === key ? (other ?? []) : one))),
      move: (key, by) => this.moveColumn(key, by),
      groupBy: (key) => void this.groupBy([...this.set.group_by.filter((one) => one !== SEEDS && one !== key), key]),
    });
    this.grid = new Grid(`Runs of ${shorten(oneLine(state.title), 80)}`, this.gridModel(), this.gridEvents());
    this.foot = new Foot(this.footHost());
    this.grouping.prepend(icon("group"));
    this.more.append(icon("more"));
    this.element = h(
      "div",
      { class: "tb-table" },
      h(
        "div",
        { class: "tb-table-bar" },
        this.title,
        this.filter.element,
        this.grouping,
        this.chooser.button,
        this.more,
      ),
      this.filter.problem,
      this.said,
      this.notice.element,
      this.grid.element,
      this.empty,
      this.foot.element,
      this.panel,
      this.chooser.panel,
      this.head.element,
      this.menu.element,
    );
    root.classList.add("tb-root");
    root.append(this.element);
    this.stops = [this.looks.onChange(() => this.drawLooks())];
    this.title.replaceChildren(user(state.title));
    this.draw();
    this.source.countAll().catch(() => {});
    if (this.isGrouped) void this.loadGroups();
  }

  update(state: TableState): void {
    this.title.replaceChildren(user(state.title));
    this.filter.set(state.filter);
    this.filter.settled();
    this.source.reset(state);
    if (this.isGrouped) void this.loadGroups();
  }

  select(run_ids: readonly string[]): void {
    if (run_ids.length === this.selected.length && run_ids.every((id, i) => id === this.selected[i])) return;
    this.setSelected([...run_ids]);
  }

  query(change: Partial<Query>): void {
    const { columns, ...rest } = change;
    if (columns !== undefined && String(columns) !== String(this.source.query.columns)) {
      this.source.setColumns(columns);
      if (this.isGrouped) void this.loadGroups();
    }
    if (rest.filter !== undefined && rest.filter !== this.source.query.filter) {
      this.filter.set(rest.filter);
      void this.ask(rest);
    } else if (
      rest.order_by !== undefined &&
      JSON.stringify(rest.order_by) !== JSON.stringify(this.source.query.order_by)
    ) {
      void this.ask(rest);
    }
  }

  setting(change: Partial<Setting>): void {
    if (change.group_by !== undefined && String(change.group_by) !== String(this.set.group_by))
      void this.groupBy(change.group_by);
    if (change.baseline !== undefined && change.baseline !== this.set.baseline) this.pin(change.baseline);
  }

  connection(connection: Connection): void {
    this.isOffline = connection.state === "offline";
    this.notice.connection(connection);
    this.element.setAttribute("aria-busy", String(connection.state === "busy"));
  }

  push(changed: RowsChanged): void {
    if (this.isGrouped) {
      this.groupsDue ??= setTimeout(() => {
        this.groupsDue = undefined;
        void this.loadGroups();
      }, GROUPS_PAUSE_MS);
      return;
    }
    this.keepPlace(() => this.source.take(changed)) || this.readAgain();
  }

  dispose(): void {
    clearTimeout(this.settle);
    clearTimeout(this.groupsDue);
    for (const stop of this.stops) stop();
    this.filter.dispose();
    this.chooser.close();
    this.head.close();
    this.menu.close();
    this.grid.dispose();
    this.clock.dispose();
    this.element.remove();
  }

  // --- drawing -------------------------------------------------------------------------------------------------------

  private get isGrouped(): boolean {
    return this.set.group_by.length > 0;
  }

  private get total(): number {
    return this.isGrouped ? this.groups.total : this.source.total;
  }

  /** Draws what has changed: all of it only where columns or the number of lines have. */
  private draw(): void {
    const specs = this.columns.specs(this.source.query.columns, this.sample());
    const isSame = specs.length === this.specs.length && specs.every((spec, i) => sameSpec(spec, this.specs[i]));
    if (!isSame) this.specs = specs;
    this.grid.redraw(isSame);
    this.drawEmpty();
    this.drawState();
    this.drawSelection();
  }

  private sample(): TableRow[] {
    const found = Array.from({ length: Math.min(SAMPLE, this.source.total) }, (_, i) => this.source.row(i));
    return found.filter((row) => row !== undefined);
  }

  private drawLooks(): void {
    this.grid.drawLooks();
    this.drawState();
    const ids = this.sample().map((row) => row.run.run_id);
    const { colours, hidden } = this.looks.save(ids.slice(0, LOOKS_AT_MOST));
    if (hidden.length > 0 || this.looks.anyHidden) this.host.onLooks({ colours, hidden });
  }

  private dot(row: TableRow): HTMLElement {
    const { run_id, name } = row.run;
    const isVisible = this.looks.isVisible(run_id);
    const dot = h("button", {
      type: "button",
      class: "tb-dot",
      tabindex: -1,
      title: isVisible ? "Hide in charts" : "Show in charts",
      "aria-label": `${shorten(oneLine(name), 60)} in charts`,
      "aria-pressed": String(isVisible),
      onclick: (event: Event) => {
        event.stopPropagation();
        this.looks.setVisible([run_id], !this.looks.isVisible(run_id));
      },
    });
    dot.style.setProperty("--tb-run", this.looks.colour(run_id));
    return dot;
  }

  private drawEmpty(): void {
    const isLoading = this.isGrouped && this.groups.found === null;
    const none = this.source.total === 0;
    this.empty.hidden = !none && !isLoading;
    const { filter, view } = this.source.query;
    const acts = { clearFilter: () => this.filter.clear(), leaveTrash: () => void this.ask({ view: "active" }) };
    if (none) this.empty.replaceChildren(...emptyWords(filter, view, acts));
    else if (isLoading) this.empty.replaceChildren(...groupingWords());
  }

  /** What the table is set to beyond its filter, said above the rows. */
  private drawState(): void {
    const parts: Node[] = [];
    if (this.isGrouped) {
      parts.push(groupsSaid(this.set.group_by, this.groups.found, this.interval, () => void this.groupBy([])));
    }
    if (this.source.query.view === "trash") parts.push(trashSaid(() => void this.ask({ view: "active" })));
    this.said.replaceChildren(...parts);
    this.said.hidden = parts.length === 0;
  }

  private drawSelection(): void {
    this.grid.drawSelection();
    const { total, unfiltered, query } = this.source;
    const only = this.selected.length === 1 ? this.selected[0] : undefined;
    this.foot.update({
      total: this.isGrouped ? (this.groups.found?.total ?? total) : total,
      unfiltered,
      filtered: query.filter !== "",
      groups: this.isGrouped ? (this.groups.found?.groups.length ?? null) : null,
      view: query.view,
      selected: this.selected.length,
      single: only === undefined ? undefined : this.source.find(only),
    });
  }

  // --- gestures ------------------------------------------------------------------------------------------------------

  private gridModel() {
    return {
      total: () => this.total,
      line: (index: number): GridLine =>
        this.isGrouped ? this.groups.line(index) : { row: this.source.row(index), group: undefined, isOpen: false },
      columns: () => this.specs,
      order: () => this.source.query.order_by,
      isGrouped: () => this.isGrouped,
      isSelected: (id: string) => this.selectedSet.has(id),
      isDimmed: (id: string) => !this.looks.isVisible(id),
      baseline: () => this.baselineRow,
      tick: () => tick(this.selected.length, this.source.total),
    };
  }

  private gridEvents() {
    return {
      seen: (first: number, last: number, columns: readonly ColumnSpec[]) => {
        clearTimeout(this.settle);
        this.settle = setTimeout(() => this.ensure(first, last, columns), SETTLE_MS);
      },
      choose: (index: number, how: How) => void this.chooseRow(index, how),
      chooseAll: () => void this.chooseRange(0, this.total - 1),
      toggleAll: () => (this.selected.length > 0 ? this.choose([]) : void this.chooseRange(0, this.total - 1)),
      sort: (key: string, additive: boolean) =>
        void this.ask({ order_by: nextOrder(this.source.query.order_by, key, additive) }),
      fold: (index: number, open?: boolean) => this.groups.toggle(index, open),
      menu: (line: GridLine | undefined, column: ColumnSpec, anchor: Element) => this.openMenu(line, column, anchor),
      key: (event: KeyboardEvent, line: GridLine | undefined, column: ColumnSpec | undefined) =>
        this.onKey(event, line, column),
      point: (run_id: string | null) => this.looks.pointAt(run_id),
    };
  }

  private ensure(first: number, last: number, columns: readonly ColumnSpec[]): void {
    const keys = columns.filter((column) => column.chosen).map((column) => column.id);
    if (this.isGrouped) this.groups.ensure(first, last, this.source.query, keys);
    else this.source.ensure(first, last, keys);
    void this.ensureBaseline(keys);
  }

  private onKey(event: KeyboardEvent, line: GridLine | undefined, column: ColumnSpec | undefined): boolean {
    if (event.ctrlKey || event.metaKey) return false;
    const row = line?.row;
    const value = row && column ? column.value(row) : null;
    switch (event.key) {
      case "/":
        this.filter.focus();
        return true;
      case "?":
        this.showKeys();
        return true;
      case "g":
        void this.groupBy(this.isGrouped ? [] : [SEEDS]);
        return true;
      case "r":
        this.readAgain();
        return true;
      case "Delete":
        this.foot.trash();
        return true;
      case "f":
        if (column === undefined || !isFilterable(column, value)) return false;
        this.narrow(equals(column.key as string, value));
        return true;
      case "c":
        if (value === null) return false;
        void this.copy(String(value));
        return true;
      case "b":
        if (row === undefined) return false;
        this.pin(this.set.baseline === row.run.run_id ? "" : row.run.run_id, true);
        return true;
      case "h":
        if (row === undefined) return false;
        this.looks.setVisible([row.run.run_id], !this.looks.isVisible(row.run.run_id));
        return true;
      default:
        return false;
    }
  }

  private openMenu(line: GridLine | undefined, column: ColumnSpec, anchor: Element): void {
    if (line === undefined) {
      this.head.open(column, anchor, this.grid.element);
      return;
    }
    const { row, group } = line;
    if (group !== undefined) {
      const narrow = { label: "Only this group", run: () => this.narrow(group.filter) };
      this.menu.open("Group", [narrow], anchor, this.grid.element);
    } else if (row !== undefined) {
      const state = { baseline: this.set.baseline, isVisible: this.looks.isVisible(row.run.run_id) };
      const items = cellMenu(row, column, state, {
        filter: (condition) => this.narrow(condition),
        copy: (text) => void this.copy(text),
        pin: (run_id) => this.pin(run_id, true),
        show: (ids, visible) => this.looks.setVisible(ids, visible),
        only: (run_id) => void this.showOnly(run_id),
      });
      this.menu.open(`Run ${row.run.name}`, items, anchor, this.grid.element);
    }
  }

  private async showOnly(run_id: string): Promise<void> {
    const ids = [...this.source.known()].map((row) => row.run.run_id);
    this.looks.setVisible(ids, false);
    this.looks.setVisible([run_id], true);
  }

  private openMore(): void {
    const state = { view: this.source.query.view, anyHidden: this.looks.anyHidden, selected: this.selected.length };
    const items = tableMenu(state, {
      copy: (format) => void copyTable(format, this.takeaway()),
      download: (format) => void download(format, this.takeaway()),
      look: (view) => void this.ask({ view }),
      showAll: () => this.looks.showAll(),
      refresh: () => this.readAgain(),
      keys: () => this.showKeys(),
    });
    this.menu.open("Table", items, this.more, this.more);
  }

  private async openGroups(): Promise<void> {
    const columns = await this.completions.columns().catch(() => []);
    const items = groupMenu(
      columns,
      { by: this.set.group_by, interval: this.interval },
      {
        by: (keys) => void this.groupBy(keys),
        interval: (interval) => {
          this.interval = interval;
          this.redrawAll();
        },
      },
    );
    this.menu.open("Group by", items, this.grouping, this.grouping);
  }

  private showKeys(): void {
    const rows = KEYS.flatMap(([keys, what]) => [h("dt", {}, keys), h("dd", {}, what)]);
    this.openPanel("Keys", h("dl", { class: "tb-keys" }, ...rows));
  }

  private openPanel(label: string, ...content: Node[]): void {
    const close = button("Close", () => {
      this.panel.replaceChildren();
      this.grid.focus();
    });
    this.panel.replaceChildren(
      h(
        "div",
        { class: "tb-panel", role: "region", "aria-label": label },
        h("div", { class: "tb-panel-head" }, h("strong", {}, label), close),
        ...content,
      ),
    );
    close.focus({ preventScroll: true });
  }

  // --- selection -----------------------------------------------------------------------------------------------------

  private async chooseRow(index: number, how: How): Promise<void> {
    if (how === "range") return this.chooseRange(Math.min(this.anchor, index), Math.max(this.anchor, index));
    const line = this.gridModel().line(index);
    const id = line.row?.run.run_id;
    if (id === undefined) return;
    this.anchor = index;
    this.choose(how === "toggle" ? toggle(this.selected, id) : [id]);
  }

  private async chooseRange(first: number, last: number): Promise<void> {
    try {
      const ids = this.isGrouped
        ? this.idsOfLines(first, last)
        : await this.source.ids(first, Math.min(last, first + CHOOSE_AT_MOST - 1));
      this.choose(extend(this.selected, ids));
    } catch (error) {
      this.notice.error(`The runs could not be selected. ${messageOf(error)}`);
    }
  }

  /** Members that are unfolded and here. */
  private idsOfLines(first: number, last: number): string[] {
    const found: string[] = [];
    for (let index = first; index <= last; index += 1) {
      const id = this.groups.line(index).row?.run.run_id;
      if (id !== undefined) found.push(id);
    }
    return found;
  }

  private choose(ids: string[]): void {
    this.setSelected(ids);
    this.host.onSelect(ids);
  }

  private setSelected(ids: string[]): void {
    this.selected = ids;
    this.selectedSet = new Set(ids);
    this.drawSelection();
  }

  // --- questions -----------------------------------------------------------------------------------------------------

  private async ask(change: Partial<Query>): Promise<void> {
    this.element.setAttribute("data-asking", "true");
    try {
      if (this.isGrouped && change.order_by !== undefined && Object.keys(change).length === 1) {
        this.source.query = { ...this.source.query, ...change };
        this.groups.arrange(this.source.query);
        this.grid.redraw();
      } else if (!(await this.source.ask(change))) return;
      this.notice.clear();
      this.filter.settled();
      this.completions.forget();
      if (change.filter !== undefined || change.order_by !== undefined || change.view !== undefined)
        this.grid.scrollToTop();
      if (change.view !== undefined) this.choose([]);
      const { filter, order_by, columns } = this.source.query;
      this.filter.set(filter);
      this.host.onQuery({ filter, order_by, columns });
      if (this.isGrouped && change.filter !== undefined) await this.loadGroups();
      await this.source.countAll();
    } catch (error) {
      if (error instanceof RequestFailed && error.type === "FilterSyntaxError") this.filter.refuse(error);
      else this.notice.error(messageOf(error), () => void this.ask(change));
    } finally {
      this.element.removeAttribute("data-asking");
    }
  }

  /** One more demand; in the place of those on the same column where `key` names it. */
  private narrow(condition: string, key?: string): void {
    const { filter } = this.source.query;
    this.filter.write(joined(key === undefined ? filter : withoutColumn(filter, key), condition));
  }

  private setColumns(columns: string[]): void {
    this.source.setColumns(columns);
    const { filter, order_by } = this.source.query;
    this.host.onQuery({ filter, order_by, columns });
    if (this.isGrouped) void this.loadGroups();
  }

  private moveColumn(key: string, by: -1 | 1): void {
    const { columns } = this.source.query;
    const at = columns.indexOf(key);
    this.setColumns(columns.filter((one) => one !== key).toSpliced(Math.max(0, at + by), 0, key));
    this.grid.showColumn(key);
  }

  private readAgain(): void {
    if (this.isOffline) return;
    if (this.isGrouped) {
      void this.loadGroups();
      return;
    }
    const [first, last] = this.grid.inSight();
    this.source.refresh(first, last).catch((error) => this.notice.error(messageOf(error), () => this.readAgain()));
  }

  /** New rows come in above what is looked at without moving it, the active cell or the place that ranges begin at. */
  private keepPlace(change: () => boolean): boolean {
    const top = this.grid.topLine();
    const id = this.source.row(top.index)?.run.run_id;
    const activeId = this.source.row(this.grid.activeRow)?.run.run_id;
    const anchorId = this.source.row(this.anchor)?.run.run_id;
    if (!change()) return false;
    const moved = (run_id: string | undefined) => (run_id === undefined ? -1 : this.source.placeOf(run_id));
    const [place, active, anchor] = [moved(id), moved(activeId), moved(anchorId)];
    if (place >= 0 && place !== top.index && top.index > 0) this.grid.scrollToLine(place, top.offset_px);
    if (active >= 0) this.grid.activeRow = active;
    if (anchor >= 0) this.anchor = anchor;
    this.grid.drawRows();
    return true;
  }

  // --- groups and baseline -------------------------------------------------------------------------------------------

  private async groupBy(by: string[]): Promise<void> {
    this.set.group_by = by;
    this.host.onSetting({ group_by: by });
    this.grouping.setAttribute("aria-pressed", String(by.length > 0));
    this.groups.clear();
    this.redrawAll();
    this.grid.scrollToTop();
    if (by.length > 0) await this.loadGroups();
  }

  private async loadGroups(): Promise<void> {
    try {
      if (!(await this.groups.load(this.source.query, this.set.group_by))) return;
      this.redrawAll();
    } catch (error) {
      this.notice.error(messageOf(error), () => void this.loadGroups());
    }
  }

  private redrawAll(): void {
    this.columns.forget();
    this.specs = [];
    this.draw();
  }

  private pin(run_id: string, tell = false): void {
    this.set.baseline = run_id;
    if (tell) this.host.onSetting({ baseline: run_id });
    const row = run_id === "" ? undefined : this.source.find(run_id);
    if (row !== undefined || run_id === "") {
      this.baselineRow = row;
      this.redrawAll();
    } else void this.ensureBaseline([]);
  }

  /** The baseline's values in the columns in sight: it may be far from the rows in sight, or filtered out. */
  private async ensureBaseline(keys: readonly string[]): Promise<void> {
    const { baseline } = this.set;
    const old = this.baselineRow;
    if (baseline === "" || (old !== undefined && keys.every((key) => this.source.knows(old, key)))) return;
    const columns = this.source.query.columns.slice(0, 40);
    const wanted = [...new Set([...columns, ...keys])];
    const found = await this.host.ask("runs", { run_ids: [baseline], columns: wanted }).catch(() => []);
    const [row] = found;
    if (baseline !== this.set.baseline) return;
    if (row === undefined) {
      this.pin("");
      return;
    }
    const kept = { ...row, values: { ...old?.values, ...row.values } };
    this.source.remember([kept], [...wanted]);
    this.baselineRow = kept;
    this.redrawAll();
  }

  // --- texts ---------------------------------------------------------------------------------------------------------

  private takeaway() {
    const { foot } = this;
    return {
      text: (format: TextFormat) =>
        this.host.ask("text", { ...rowsQuery(this.source.query), run_ids: this.selected, format }),
      say: (text: string) => foot.say(text),
      problem: (text: string) => foot.problem(text),
      offer: (text: string) => foot.offer(text),
    };
  }

  private copy(text: string): Promise<void> {
    return copyText(text, this.takeaway());
  }

  // --- actions -------------------------------------------------------------------------------------------------------

  private footHost() {
    const { ask } = this.host;
    const chosen = () => ({ run_ids: this.selected });
    const gone = async (work: Promise<Done>) => {
      const done = await work;
      this.choose([]);
      return done;
    };
    return {
      clear: () => this.choose([]),
      register: (run_id: string, name: string, alias: string | null) => ask("register", { run_id, name, alias }),
      compare: () => void this.compare(),
      tag: (key: string, value: string) => ask("tag", { ...chosen(), key, value }),
      move: (experiment: string) => gone(ask("move", { ...chosen(), experiment })),
      experiments: () => ask("experiments", {}),
      trash: () => gone(ask("trash", chosen())),
      restore: () => gone(ask("restore", chosen())),
      exportRuns: () => ask("export", chosen()),
      undo: (token: string) => ask("undo", { token }),
      done: () => this.readAgain(),
    };
  }

  private async compare(): Promise<void> {
    try {
      const run_ids = this.selected;
      const place = h("div", {});
      if (await this.host.showWidget(await this.host.ask("compare", { run_ids }), place)) {
        this.openPanel(`Comparison of ${plural(run_ids.length, "run")}`, place);
      } else this.foot.offer(`tb.compare([${run_ids.map((id) => `"${id}"`).join(", ")}])`);
    } catch (error) {
      this.foot.problem(messageOf(error));
    }
  }
}

function sameSpec(a: ColumnSpec, b: ColumnSpec | undefined): boolean {
  return b !== undefined && (a === b || (!a.chosen && a.id === b.id && a.width_px === b.width_px));
}
