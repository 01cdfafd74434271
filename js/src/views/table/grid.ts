/**
 * The grid itself: a sticky header and virtual rows of one height, an ARIA grid whose focus stays on one element while
 * `aria-activedescendant` names the active cell.  It draws and reports gestures; what they mean is decided by the table.
 */
import type { Order, TableRow } from "../../bridge/payloads";
import { visibleRows } from "../../lib/blocks";
import { ariaSort } from "../../lib/order";
import type { Tick } from "../../lib/selection";
import { type Child, h, icon, uniqueId, user } from "../dom";
import { type ColumnSpec, gridTemplate, SELECT, totalWidth } from "./columns";

export const ROW_PX = 28;
const HEADER = -1;

/** What the grid shows, asked whenever it draws. */
export interface GridModel {
  total(): number;
  row(index: number): TableRow | undefined;
  columns(): ColumnSpec[];
  order(): readonly Order[];
  isSelected(run_id: string): boolean;
  tick(): Tick;
}

export interface GridEvents {
  /** rows [first, last) have come into sight */
  seen(first: number, last: number): void;
  /** a row was chosen: alone, added or removed (toggle), or all from the last one to it (range) */
  choose(index: number, how: "alone" | "toggle" | "range"): void;
  chooseAll(): void;
  toggleAll(): void;
  sort(key: string, additive: boolean): void;
}

interface Drawn {
  element: HTMLElement;
  row: TableRow | undefined;
}

export class Grid {
  private readonly id = uniqueId("grid");
  private readonly head = h("div", { class: "tb-grid-head", role: "rowgroup" });
  private readonly body = h("div", { class: "tb-grid-body", role: "rowgroup" });
  readonly element: HTMLElement;
  private readonly drawn = new Map<number, Drawn>();
  private active = { row: HEADER, column: 1 };
  private frame = 0;
  private columns: ColumnSpec[] = [];
  private readonly resize = new ResizeObserver(() => this.drawRows());

  constructor(
    label: string,
    private readonly model: GridModel,
    private readonly events: GridEvents,
  ) {
    this.element = h(
      "div",
      {
        class: "tb-grid",
        role: "grid",
        tabindex: 0,
        "aria-label": label,
        "aria-multiselectable": "true",
        onscroll: () => this.onScroll(),
        onkeydown: (event: KeyboardEvent) => this.onKey(event),
        onfocus: () => this.watchKeys(true),
        onblur: () => this.watchKeys(false),
      },
      this.head,
      this.body,
    );
    this.head.addEventListener("click", (event) => this.onHeaderClick(event));
    this.body.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
    this.body.addEventListener("click", (event) => this.onRowClick(event));
    this.resize.observe(this.element);
  }

  /** Columns, order or all rows have changed. */
  redraw(): void {
    this.columns = this.model.columns();
    this.element.style.setProperty("--tb-columns", gridTemplate(this.columns));
    this.element.style.setProperty("--tb-width", `${totalWidth(this.columns)}px`);
    this.element.setAttribute("aria-colcount", String(this.columns.length));
    this.element.setAttribute("aria-rowcount", String(this.model.total() + 1));
    this.body.style.height = `${this.model.total() * ROW_PX}px`;
    this.active.row = Math.min(this.active.row, this.model.total() - 1);
    this.active.column = Math.min(this.active.column, this.columns.length - 1);
    this.head.replaceChildren(this.headerRow());
    for (const { element } of this.drawn.values()) element.remove();
    this.drawn.clear();
    this.drawRows();
  }

  /** Draws the rows in sight that are not drawn yet, or whose data has come. */
  drawRows(): void {
    const height = this.element.clientHeight || 12 * ROW_PX;
    const [first, last] = visibleRows(this.element.scrollTop, height, ROW_PX, this.model.total());
    for (const [index, { element }] of this.drawn) {
      if (index >= first && index < last) continue;
      element.remove();
      this.drawn.delete(index);
    }
    for (let index = first; index < last; index += 1) this.drawRow(index);
    this.events.seen(first, last);
    this.markActive();
  }

  /** Only what is selected has changed. */
  drawSelection(): void {
    for (const { element, row } of this.drawn.values()) this.markSelected(element, row);
    const tick = this.model.tick();
    const box = this.head.querySelector<HTMLElement>(".tb-check");
    box?.setAttribute("data-tick", tick);
    box?.setAttribute("aria-checked", tick === "some" ? "mixed" : String(tick === "all"));
  }

  scrollToTop(): void {
    this.element.scrollTop = 0;
  }

  dispose(): void {
    this.resize.disconnect();
    this.watchKeys(false);
    cancelAnimationFrame(this.frame);
  }

  private onScroll(): void {
    this.element.toggleAttribute("data-scrolled", this.element.scrollLeft > 0);
    this.schedule();
  }

  private schedule(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.drawRows());
  }

  // --- drawing -------------------------------------------------------------------------------------------------------

  private cellId(row: number, column: number): string {
    return `${this.id}-${row + 1}-${column}`;
  }

  private headerRow(): HTMLElement {
    const order = this.model.order();
    const cells = this.columns.map((column, i) => {
      const at = order.findIndex((each) => each.key === column.sort);
      const sorted = order[at];
      const mark =
        sorted &&
        h("span", { class: "tb-sort" }, icon(sorted.desc ? "down" : "up"), order.length > 1 && String(at + 1));
      const content: Child[] =
        column.id === SELECT ? [this.checkbox("Select all runs")] : [user(column.label, "tb-th-label"), mark];
      const element = h(
        "div",
        {
          class: "tb-th",
          role: "columnheader",
          id: this.cellId(HEADER, i),
          title: column.title,
          "aria-colindex": i + 1,
          "aria-sort": column.sort === null ? null : ariaSort(sorted),
          "data-column": i,
          "data-align": column.align,
          "data-pinned": column.id === SELECT || column.id === "name",
          "data-sortable": column.sort !== null,
        },
        ...content,
      );
      return element;
    });
    return h("div", { class: "tb-tr", role: "row", "aria-rowindex": 1 }, ...cells);
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

  private drawRow(index: number): void {
    const row = this.model.row(index);
    const old = this.drawn.get(index);
    if (old !== undefined && old.row === row) return;
    old?.element.remove();
    const cells = this.columns.map((column, i) =>
      h(
        "div",
        {
          class: "tb-td",
          role: "gridcell",
          id: this.cellId(index, i),
          "aria-colindex": i + 1,
          "data-column": i,
          "data-align": column.align,
          "data-pinned": column.id === SELECT || column.id === "name",
          "data-select": column.id === SELECT,
        },
        row === undefined ? skeleton(column) : column.id === SELECT ? this.rowCheck(row) : column.cell(row),
      ),
    );
    const element = h(
      "div",
      {
        class: "tb-tr",
        role: "row",
        "aria-rowindex": index + 2,
        "data-index": index,
        "data-run": row?.run.run_id ?? null,
        style: `top:${index * ROW_PX}px`,
      },
      ...cells,
    );
    this.markSelected(element, row);
    this.drawn.set(index, { element, row });
    this.body.append(element);
  }

  private rowCheck(row: TableRow): HTMLElement {
    return h("span", {
      class: "tb-check",
      role: "checkbox",
      "aria-checked": "false",
      "aria-label": `Select ${row.run.name}`,
    });
  }

  private markSelected(element: HTMLElement, row: TableRow | undefined): void {
    const selected = row !== undefined && this.model.isSelected(row.run.run_id);
    element.setAttribute("aria-selected", String(selected));
    const box = element.querySelector(".tb-check");
    box?.setAttribute("aria-checked", String(selected));
    box?.setAttribute("data-tick", selected ? "all" : "none");
  }

  private markActive(): void {
    for (const old of this.element.querySelectorAll(".tb-active")) old.classList.remove("tb-active");
    const id = this.cellId(this.active.row, this.active.column);
    const cell = this.element.querySelector(`[id="${id}"]`);
    cell?.classList.add("tb-active");
    if (cell === null) this.element.removeAttribute("aria-activedescendant");
    else this.element.setAttribute("aria-activedescendant", id);
  }

  // --- gestures ------------------------------------------------------------------------------------------------------

  private onHeaderClick(event: MouseEvent): void {
    const cell = (event.target as Element).closest("[data-column]");
    if (cell === null) return;
    this.active = { row: HEADER, column: Number(cell.getAttribute("data-column")) };
    this.pressHeader(event.shiftKey);
    this.markActive();
  }

  private pressHeader(additive: boolean): void {
    const column = this.columns[this.active.column];
    if (column?.id === SELECT) this.events.toggleAll();
    else if (column !== undefined && column.sort !== null) this.events.sort(column.sort, additive);
  }

  private onRowClick(event: MouseEvent): void {
    const target = event.target as Element;
    const row = target.closest("[data-index]");
    const cell = target.closest("[data-column]");
    if (row === null || cell === null || selectsText(this.element)) return;
    this.active = { row: Number(row.getAttribute("data-index")), column: Number(cell.getAttribute("data-column")) };
    const box = cell.getAttribute("data-select") === "";
    const how = event.shiftKey ? "range" : event.ctrlKey || event.metaKey || box ? "toggle" : "alone";
    this.events.choose(this.active.row, how);
    this.markActive();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || !this.handle(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private handle(event: KeyboardEvent): boolean {
    const jump = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_PX) - 2);
    const [end, right] = [this.model.total() - 1, this.columns.length - 1];
    switch (event.key) {
      case "ArrowDown":
        return this.moveRow(jump ? end : this.active.row + 1, event.shiftKey);
      case "ArrowUp":
        return this.moveRow(jump ? HEADER : this.active.row - 1, event.shiftKey);
      case "PageDown":
        return this.moveRow(this.active.row + page, event.shiftKey);
      case "PageUp":
        return this.moveRow(Math.max(0, this.active.row - page), event.shiftKey);
      case "ArrowRight":
        return this.moveColumn(this.active.column + 1);
      case "ArrowLeft":
        return this.moveColumn(this.active.column - 1);
      case "Home":
        return jump ? this.moveRow(0, event.shiftKey) : this.moveColumn(0);
      case "End":
        return jump ? this.moveRow(end, event.shiftKey) : this.moveColumn(right);
      case " ":
      case "Enter":
        if (this.active.row === HEADER) this.pressHeader(event.shiftKey);
        else this.events.choose(this.active.row, event.shiftKey ? "range" : "toggle");
        return true;
      default:
        return false;
    }
  }

  private moveRow(row: number, extend: boolean): boolean {
    this.active.row = Math.max(HEADER, Math.min(row, this.model.total() - 1));
    if (this.active.row !== HEADER) this.reveal(this.active.row);
    this.drawRows();
    if (extend && this.active.row !== HEADER) this.events.choose(this.active.row, "range");
    return true;
  }

  private moveColumn(column: number): boolean {
    this.active.column = Math.max(0, Math.min(column, this.columns.length - 1));
    this.markActive();
    const cell = this.element.querySelector<HTMLElement>(".tb-active");
    if (cell !== null && cell.getAttribute("data-pinned") === null) this.revealColumn(cell);
    return true;
  }

  private reveal(row: number): void {
    const [top, height] = [row * ROW_PX, this.element.clientHeight - ROW_PX];
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + ROW_PX > this.element.scrollTop + height) this.element.scrollTop = top + ROW_PX - height;
  }

  private revealColumn(cell: HTMLElement): void {
    const pinned = [...this.head.querySelectorAll<HTMLElement>("[data-pinned]")].reduce(
      (sum, each) => sum + each.offsetWidth,
      0,
    );
    const [left, right] = [cell.offsetLeft, cell.offsetLeft + cell.offsetWidth];
    const { scrollLeft, clientWidth } = this.element;
    if (left < scrollLeft + pinned) this.element.scrollLeft = left - pinned;
    else if (right > scrollLeft + clientWidth) this.element.scrollLeft = right - clientWidth;
  }

  /** Ctrl+A belongs to the grid while it has the focus, before the page's own shortcuts see it. */
  private readonly onWindowKey = (event: KeyboardEvent): void => {
    if (event.key !== "a" || !(event.ctrlKey || event.metaKey) || event.composedPath()[0] !== this.element) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.events.chooseAll();
  };

  private watchKeys(on: boolean): void {
    const window = this.element.ownerDocument.defaultView;
    if (on) window?.addEventListener("keydown", this.onWindowKey, true);
    else window?.removeEventListener("keydown", this.onWindowKey, true);
  }
}

function skeleton(column: ColumnSpec): HTMLElement | null {
  return column.id === SELECT ? null : h("span", { class: "tb-skeleton" });
}

/** Someone is marking text to copy it: that is no choice of a row. */
function selectsText(element: HTMLElement): boolean {
  const selection = element.ownerDocument.getSelection?.();
  return (
    selection != null &&
    !selection.isCollapsed &&
    selection.toString().trim() !== "" &&
    selection.containsNode(element, true)
  );
}
