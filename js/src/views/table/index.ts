/**
 * The run table: filter, order, columns and selection over rows that are fetched as they come into sight.
 *
 * State that Python knows too (filter, order, columns, selection) is told to the host when a gesture changed it; scroll
 * position, the active cell and the open chooser stay here.
 */
import type { TableState } from "../../bridge/payloads";
import { RequestFailed } from "../../bridge/requests";
import { nextOrder } from "../../lib/order";
import { extend, tick, toggle } from "../../lib/selection";
import { oneLine, shorten } from "../../lib/text";
import { Clock } from "../clock";
import { button, h, user } from "../dom";
import { Notice } from "../notice";
import type { Connection, View } from "../view";
import { messageOf } from "../view";
import { Chooser } from "./chooser";
import { type ColumnSpec, columnSpecs } from "./columns";
import { FilterBox } from "./filter";
import { Foot } from "./foot";
import { Grid } from "./grid";
import type { Query, TableHost } from "./host";
import { Source } from "./source";

/** More are not chosen at one stroke. */
const CHOOSE_AT_MOST = 10_000;
const SAMPLE = 100;
/** ms of rest before rows are fetched: a fast scroll passes by many */
const SETTLE_MS = 60;

export interface TableView extends View<TableState> {
  select(run_ids: readonly string[]): void;
  connection(connection: Connection): void;
}

export function tableView(
  root: HTMLElement,
  state: TableState,
  chosen: readonly string[],
  host: TableHost,
  now: () => number = Date.now,
): TableView {
  return new Table(root, state, chosen, host, now);
}

class Table implements TableView {
  private selected: string[];
  private anchor = 0;
  private specs: ColumnSpec[] = [];
  private settle: ReturnType<typeof setTimeout> | undefined;
  private readonly clock: Clock;
  private readonly notice = new Notice();
  private readonly source: Source;
  private readonly filter: FilterBox;
  private readonly chooser: Chooser;
  private readonly grid: Grid;
  private readonly foot: Foot;
  private readonly title = h("div", { class: "tb-table-title" });
  private readonly empty = h("div", { class: "tb-empty" });
  private readonly element: HTMLElement;

  constructor(
    root: HTMLElement,
    state: TableState,
    chosen: readonly string[],
    private readonly host: TableHost,
    now: () => number,
  ) {
    this.selected = [...chosen];
    this.clock = new Clock(now);
    this.source = new Source(
      state,
      host,
      () => this.draw(),
      (error) => this.notice.error(`Rows could not be fetched. ${messageOf(error)}`, () => this.grid.drawRows()),
    );
    this.filter = new FilterBox(state.filter, (filter) => void this.ask({ filter }));
    this.chooser = new Chooser({
      columns: () => host.columns(),
      chosen: () => this.source.query.columns,
      choose: (columns) => void this.ask({ columns }),
    });
    this.grid = new Grid(`Runs of ${shorten(oneLine(state.title), 80)}`, this.gridModel(), this.gridEvents());
    this.foot = new Foot({
      clear: () => this.choose([]),
      register: host.register && ((...args) => this.register(...args)),
    });
    const bar = h("div", { class: "tb-table-bar" }, this.title, this.filter.element, this.chooser.button);
    this.element = h(
      "div",
      { class: "tb-table" },
      bar,
      this.filter.problem,
      this.notice.element,
      this.grid.element,
      this.empty,
      this.foot.element,
      this.chooser.panel,
    );
    root.classList.add("tb-root");
    root.append(this.element);
    this.title.replaceChildren(user(state.title));
    this.draw();
    this.source.countAll().catch(() => {});
  }

  update(state: TableState): void {
    this.title.replaceChildren(user(state.title));
    this.filter.set(state.filter);
    this.filter.settled();
    this.source.reset(state);
  }

  select(run_ids: readonly string[]): void {
    if (run_ids.length === this.selected.length && run_ids.every((id, i) => id === this.selected[i])) return;
    this.selected = [...run_ids];
    this.drawSelection();
  }

  connection(connection: Connection): void {
    this.notice.connection(connection);
    this.element.setAttribute("aria-busy", String(connection.state === "busy"));
  }

  dispose(): void {
    clearTimeout(this.settle);
    this.filter.dispose();
    this.grid.dispose();
    this.clock.dispose();
    this.element.remove();
  }

  // --- drawing -------------------------------------------------------------------------------------------------------

  private draw(): void {
    const sample = Array.from({ length: Math.min(SAMPLE, this.source.total) }, (_, i) => this.source.row(i)).filter(
      (row) => row !== undefined,
    );
    this.specs = columnSpecs(this.source.query.columns, sample, this.clock);
    this.grid.redraw();
    this.drawEmpty();
    this.drawSelection();
  }

  private drawEmpty(): void {
    const none = this.source.total === 0;
    const filtered = this.source.query.filter !== "";
    this.empty.hidden = !none;
    if (!none) return;
    const text = filtered
      ? [h("span", {}, "No run matches this filter."), button("Clear filter", () => this.filter.clear())]
      : [
          h(
            "span",
            {},
            "No runs yet. Put ",
            h("code", { class: "tb-mono" }, "%%track"),
            " on the first line of a cell and run it.",
          ),
        ];
    this.empty.replaceChildren(...text);
  }

  private drawSelection(): void {
    this.grid.drawSelection();
    const { total, unfiltered, query } = this.source;
    const only = this.selected.length === 1 ? this.selected[0] : undefined;
    const single = only === undefined ? undefined : this.source.find(only);
    this.foot.update({ total, unfiltered, filtered: query.filter !== "", selected: this.selected.length, single });
  }

  // --- gestures ------------------------------------------------------------------------------------------------------

  private gridModel() {
    return {
      total: () => this.source.total,
      row: (index: number) => this.source.row(index),
      columns: () => this.specs,
      order: () => this.source.query.order_by,
      isSelected: (id: string) => this.selected.includes(id),
      tick: () => tick(this.selected.length, this.source.total),
    };
  }

  private gridEvents() {
    return {
      seen: (first: number, last: number) => {
        clearTimeout(this.settle);
        this.settle = setTimeout(() => this.source.ensure(first, last), SETTLE_MS);
      },
      choose: (index: number, how: "alone" | "toggle" | "range") => void this.chooseRow(index, how),
      chooseAll: () => void this.chooseRange(0, this.source.total - 1),
      toggleAll: () => (this.selected.length > 0 ? this.choose([]) : void this.chooseRange(0, this.source.total - 1)),
      sort: (key: string, additive: boolean) =>
        void this.ask({ order_by: nextOrder(this.source.query.order_by, key, additive) }),
    };
  }

  private async chooseRow(index: number, how: "alone" | "toggle" | "range"): Promise<void> {
    if (how === "range") return this.chooseRange(Math.min(this.anchor, index), Math.max(this.anchor, index));
    const id = this.source.row(index)?.run.run_id;
    if (id === undefined) return;
    this.anchor = index;
    this.choose(how === "toggle" ? toggle(this.selected, id) : [id]);
  }

  private async chooseRange(first: number, last: number): Promise<void> {
    try {
      const ids = await this.source.ids(first, Math.min(last, first + CHOOSE_AT_MOST - 1));
      this.choose(extend(this.selected, ids));
    } catch (error) {
      this.notice.error(`The runs could not be selected. ${messageOf(error)}`);
    }
  }

  private choose(ids: string[]): void {
    this.selected = ids;
    this.drawSelection();
    this.host.onSelect(ids);
  }

  private async ask(change: Partial<Query>): Promise<void> {
    this.element.setAttribute("data-asking", "true");
    try {
      if (!(await this.source.ask(change))) return;
      this.notice.clear();
      this.filter.settled();
      if (change.filter !== undefined || change.order_by !== undefined) this.grid.scrollToTop();
      this.host.onQuery(this.source.query);
      await this.source.countAll();
    } catch (error) {
      if (error instanceof RequestFailed && error.type === "FilterSyntaxError") this.filter.refuse(error);
      else this.notice.error(messageOf(error), () => void this.ask(change));
    } finally {
      this.element.removeAttribute("data-asking");
    }
  }

  private async register(run_id: string, name: string, alias: string | null) {
    const register = this.host.register as NonNullable<TableHost["register"]>;
    return register(run_id, name, alias);
  }
}
