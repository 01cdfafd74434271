/** The sticky rows of a grid: its header, and below it the baseline where one is pinned. */
import type { Order } from "../../../bridge/table";
import { ariaSort } from "../../../lib/order";
import { h, icon, user } from "../../dom";
import { type ColumnSpec, SELECT } from "../columnspec";
import type { Layout } from "./layout";
import type { GridModel } from "./model";

export class GridHead {
  readonly element = h("div", { class: "tb-grid-head", role: "rowgroup" });
  /** what it was drawn of */
  private drawn: readonly unknown[] = [];

  constructor(
    private readonly model: GridModel,
    private readonly layout: Layout,
  ) {}

  get isDrawn(): boolean {
    return this.element.childElementCount > 0;
  }

  /** Draws it, where anything in it is another than it was. */
  draw(): void {
    const order = this.model.order();
    const { columns, edges, window } = this.layout;
    const now = [columns, edges, ...window, JSON.stringify(order), this.model.baseline()];
    if (now.length === this.drawn.length && now.every((one, i) => one === this.drawn[i])) return;
    this.drawn = now;
    const cells = this.layout.cells((column) => this.cell(column, order));
    this.element.replaceChildren(h("div", { class: "tb-tr", role: "row", "aria-rowindex": 1 }, ...cells));
    this.drawBaseline();
  }

  drawBaseline(): void {
    this.element.querySelector(".tb-baseline")?.remove();
    const row = this.model.baseline();
    if (row === undefined) return;
    const cells = this.layout.cells((column) =>
      h(
        "div",
        { class: "tb-td", role: "gridcell", "data-align": column.align },
        column.id === SELECT
          ? h("span", { class: "tb-base-mark", title: "The baseline" }, icon("pin"))
          : column.cell(row),
      ),
    );
    const label = `Baseline: ${row.run.name}`;
    this.element.append(
      h("div", { class: "tb-tr tb-baseline", role: "row", "aria-label": label, "data-run": row.run.run_id }, ...cells),
    );
  }

  /** How many rows are selected has changed. */
  drawTick(): void {
    const tick = this.model.tick();
    const box = this.element.querySelector<HTMLElement>(".tb-check");
    box?.setAttribute("data-tick", tick);
    box?.setAttribute("aria-checked", tick === "some" ? "mixed" : String(tick === "all"));
  }

  private cell(column: ColumnSpec, order: readonly Order[]): HTMLElement {
    const at = order.findIndex((each) => each.key === column.sort);
    const sorted = order[at];
    const isBox = column.id === SELECT;
    const mark =
      sorted && h("span", { class: "tb-sort" }, icon(sorted.desc ? "down" : "up"), order.length > 1 && String(at + 1));
    return h(
      "div",
      {
        class: "tb-th",
        role: "columnheader",
        title: column.title,
        "aria-sort": column.sort === null ? null : ariaSort(sorted),
        "data-align": column.align,
        "data-sortable": column.sort !== null,
        "data-kind": column.chosen ? "chosen" : null,
      },
      isBox ? this.checkbox("Select all runs") : user(column.label, "tb-th-label"),
      column.note === "" ? null : h("span", { class: "tb-th-note" }, column.note),
      mark,
      isBox ? null : h("span", { class: "tb-th-menu", "aria-hidden": "true" }, icon("chevron")),
    );
  }

  private checkbox(label: string): HTMLElement {
    const tick = this.model.tick();
    const checked = tick === "some" ? "mixed" : String(tick === "all");
    return h("span", {
      class: "tb-check",
      role: "checkbox",
      "aria-checked": checked,
      "aria-label": label,
      "data-tick": tick,
    });
  }
}
