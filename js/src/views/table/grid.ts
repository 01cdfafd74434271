/**
 * The grid itself: a sticky header, virtual rows of one height and virtual columns; an ARIA grid whose focus stays on one
 * element while `aria-activedescendant` names the active cell.  It draws and reports gestures; what they mean is decided
 * by the table.  Rows of groups make it a treegrid.
 */
import type { Group, Order, TableRow } from "../../bridge/table";
import { visibleRows } from "../../lib/blocks";
import { ariaSort } from "../../lib/order";
import type { Tick } from "../../lib/selection";
import { edges, tracksBetween } from "../../lib/tracks";
import { h, icon, uniqueId, user } from "../dom";
import { type ColumnSpec, foldMark, PINNED, SELECT } from "./columns";

export const ROW_PX = 28;
const HEADER = -1;
const SPARE_COLUMNS = 3;

/** One line: a run, a group of runs, or neither where it has not been fetched. */
export interface GridLine {
  row: TableRow | undefined;
  group: Group | undefined;
  isOpen: boolean;
}

/** What the grid shows, asked whenever it draws. */
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

interface Drawn {
  element: HTMLElement;
  line: GridLine;
}

export class Grid {
  private readonly id = uniqueId("grid");
  private readonly head = h("div", { class: "tb-grid-head", role: "rowgroup" });
  private readonly body = h("div", { class: "tb-grid-body", role: "rowgroup" });
  readonly element: HTMLElement;
  private readonly drawn = new Map<number, Drawn>();
  private active = { row: HEADER, column: 1 };
  private activeElement: HTMLElement | null = null;
  private frame = 0;
  private columns: ColumnSpec[] = [];
  private edges: number[] = [0];
  /** unpinned columns that are drawn */
  private window: [number, number] = [PINNED, PINNED];
  private readonly resize = new ResizeObserver(() => this.onResize());

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
    this.body.addEventListener("pointerover", (event) => this.events.point(runOf(event.target)));
    this.body.addEventListener("pointerleave", () => this.events.point(null));
    this.element.addEventListener("contextmenu", (event) => this.onContextMenu(event));
    this.resize.observe(this.element);
  }

  /** Rows have changed; columns and order too, unless `onlyRows`. */
  redraw(onlyRows = false): void {
    this.columns = this.model.columns();
    const total = this.model.total();
    this.element.setAttribute("role", this.model.isGrouped() ? "treegrid" : "grid");
    this.element.setAttribute("aria-colcount", String(this.columns.length));
    this.element.setAttribute("aria-rowcount", String(total + 1));
    this.body.style.height = `${total * ROW_PX}px`;
    this.active.row = Math.min(this.active.row, total - 1);
    this.active.column = Math.min(this.active.column, this.columns.length - 1);
    if (!onlyRows) {
      this.measure();
      this.clear();
    }
    this.drawHead();
    this.drawRows();
  }

  get activeRow(): number {
    return this.active.row;
  }

  set activeRow(row: number) {
    this.active.row = row;
  }

  /** Draws the rows in sight that are not drawn yet, or whose data has come. */
  drawRows(): void {
    const [first, last] = this.inSight();
    for (const [index, { element }] of this.drawn) {
      if (index >= first && index < last) continue;
      element.remove();
      this.drawn.delete(index);
    }
    const fresh = this.element.ownerDocument.createDocumentFragment();
    for (let index = first; index < last; index += 1) this.drawRow(index, fresh);
    this.body.append(fresh);
    this.events.seen(first, last, this.columns.slice(...this.window));
    this.markActive();
  }

  /** Only what is selected has changed. */
  drawSelection(): void {
    for (const { element, line } of this.drawn.values()) this.markSelected(element, line.row);
    const tick = this.model.tick();
    const box = this.head.querySelector<HTMLElement>(".tb-check");
    box?.setAttribute("data-tick", tick);
    box?.setAttribute("aria-checked", tick === "some" ? "mixed" : String(tick === "all"));
  }

  /** How runs look has changed. */
  drawLooks(): void {
    this.clear();
    this.drawBaseline();
    this.drawRows();
  }

  /** Lines [first, last) that are drawn. */
  inSight(): [number, number] {
    const height = this.element.clientHeight || 12 * ROW_PX;
    return visibleRows(this.element.scrollTop, height, ROW_PX, this.model.total());
  }

  scrollToTop(): void {
    this.element.scrollTop = 0;
  }

  /** The first line that is seen whole, and how far it stands below the header. */
  topLine(): { index: number; offset_px: number } {
    const index = Math.ceil(this.element.scrollTop / ROW_PX);
    return { index, offset_px: index * ROW_PX - this.element.scrollTop };
  }

  scrollToLine(index: number, offset_px: number): void {
    this.element.scrollTop = Math.max(0, index * ROW_PX - offset_px);
  }

  /** Brings a column into sight and makes it the active one. */
  showColumn(id: string): void {
    const column = this.columns.findIndex((one) => one.id === id);
    if (column >= 0) this.moveColumn(column);
  }

  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  dispose(): void {
    this.resize.disconnect();
    this.watchKeys(false);
    cancelAnimationFrame(this.frame);
  }

  private onScroll(): void {
    this.element.toggleAttribute("data-scrolled", this.element.scrollLeft > 0);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.follow());
  }

  private follow(): void {
    const [first, last] = this.columnsInSight(0);
    if (first < this.window[0] || last > this.window[1]) {
      this.window = this.columnsInSight(SPARE_COLUMNS);
      this.drawHead();
      this.clear();
    }
    this.drawRows();
  }

  private onResize(): void {
    const before = this.edges.at(-1);
    this.measure();
    if (before !== this.edges.at(-1) || this.head.childElementCount === 0) this.redraw();
    else this.follow();
  }

  private measure(): void {
    this.edges = edges(this.columns, this.element.clientWidth);
    this.element.style.setProperty("--tb-width", `${this.edges.at(-1)}px`);
    this.window = this.columnsInSight(SPARE_COLUMNS);
  }

  private columnsInSight(spare: number): [number, number] {
    const { scrollLeft, clientWidth } = this.element;
    const from = scrollLeft + (this.edges[PINNED] ?? 0);
    const to = scrollLeft + (clientWidth || 1200);
    const [first, last] = tracksBetween(this.edges, from, to, spare);
    return [Math.max(PINNED, first), Math.max(PINNED, last)];
  }

  // --- drawing -------------------------------------------------------------------------------------------------------

  private clear(): void {
    for (const { element } of this.drawn.values()) element.remove();
    this.drawn.clear();
  }

  /** Pinned cells, a gap for those that are out of sight, and the cells in sight. */
  private cells(draw: (column: ColumnSpec, index: number) => HTMLElement): HTMLElement[] {
    const place = (index: number) => {
      const cell = draw(this.columns[index] as ColumnSpec, index);
      cell.style.width = `${(this.edges[index + 1] as number) - (this.edges[index] as number)}px`;
      cell.setAttribute("aria-colindex", String(index + 1));
      cell.setAttribute("data-column", String(index));
      if (index < PINNED) {
        cell.setAttribute("data-pinned", "");
        cell.style.left = `${this.edges[index]}px`;
      }
      return cell;
    };
    const pinned = Array.from({ length: Math.min(PINNED, this.columns.length) }, (_, i) => place(i));
    const [first, last] = this.window;
    const gap_px = (this.edges[first] as number) - (this.edges[PINNED] as number);
    const gap = gap_px > 0 ? [gapOf(gap_px)] : [];
    return [...pinned, ...gap, ...Array.from({ length: last - first }, (_, i) => place(first + i))];
  }

  private drawHead(): void {
    const order = this.model.order();
    const cells = this.cells((column) => this.headCell(column, order));
    this.head.replaceChildren(h("div", { class: "tb-tr", role: "row", "aria-rowindex": 1 }, ...cells));
    this.drawBaseline();
  }

  private headCell(column: ColumnSpec, order: readonly Order[]): HTMLElement {
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

  private drawBaseline(): void {
    this.head.querySelector(".tb-baseline")?.remove();
    const row = this.model.baseline();
    if (row === undefined) return;
    const cells = this.cells((column) =>
      h(
        "div",
        { class: "tb-td", role: "gridcell", "data-align": column.align },
        column.id === SELECT
          ? h("span", { class: "tb-base-mark", title: "The baseline" }, icon("pin"))
          : column.cell(row),
      ),
    );
    const label = `Baseline: ${row.run.name}`;
    this.head.append(
      h("div", { class: "tb-tr tb-baseline", role: "row", "aria-label": label, "data-run": row.run.run_id }, ...cells),
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

  private drawRow(index: number, into: Node): void {
    const line = this.model.line(index);
    const { row, group, isOpen } = line;
    const old = this.drawn.get(index);
    if (old !== undefined && old.line.row === row && old.line.group === group && old.line.isOpen === isOpen) return;
    const isGrouped = this.model.isGrouped();
    const cells = this.cells((column, i) => {
      const cell = document.createElement("div");
      cell.className = "tb-td";
      cell.setAttribute("role", "gridcell");
      if (column.align === "end") cell.setAttribute("data-align", "end");
      const content = row
        ? this.rowContent(column, row)
        : group
          ? groupContent(column, group, isOpen)
          : skeleton(column);
      if (content !== null) cell.append(content);
      if (isGrouped && row && i === 1) cell.setAttribute("data-level", "2");
      return cell;
    });
    const element = document.createElement("div");
    element.className = "tb-tr";
    element.setAttribute("role", "row");
    element.setAttribute("aria-rowindex", String(index + 2));
    element.setAttribute("data-index", String(index));
    if (row) element.setAttribute("data-run", row.run.run_id);
    if (isGrouped) element.setAttribute("aria-level", group ? "1" : "2");
    if (group) element.setAttribute("aria-expanded", String(isOpen));
    element.style.top = `${index * ROW_PX}px`;
    element.append(...cells);
    this.markSelected(element, row);
    old?.element.remove();
    this.drawn.set(index, { element, line });
    into.appendChild(element);
  }

  private rowContent(column: ColumnSpec, row: TableRow): Node | null {
    if (column.id !== SELECT) return column.cell(row);
    return h("span", {
      class: "tb-check",
      role: "checkbox",
      "aria-checked": "false",
      "aria-label": `Select ${row.run.name}`,
    });
  }

  private markSelected(element: HTMLElement, row: TableRow | undefined): void {
    if (row === undefined) return;
    const selected = this.model.isSelected(row.run.run_id);
    element.setAttribute("aria-selected", String(selected));
    element.toggleAttribute("data-dimmed", this.model.isDimmed(row.run.run_id));
    const box = element.querySelector(".tb-check");
    box?.setAttribute("aria-checked", String(selected));
    box?.setAttribute("data-tick", selected ? "all" : "none");
  }

  private activeCell(): HTMLElement | null {
    const { row, column } = this.active;
    const line = row === HEADER ? this.head.firstElementChild : this.drawn.get(row)?.element;
    return line?.querySelector<HTMLElement>(`[data-column="${column}"]`) ?? null;
  }

  private markActive(): void {
    const id = `${this.id}-active`;
    const cell = this.activeCell();
    if (cell !== null && cell === this.activeElement) return;
    this.activeElement?.classList.remove("tb-active");
    this.activeElement?.removeAttribute("id");
    this.activeElement = cell;
    if (cell === null) {
      this.element.removeAttribute("aria-activedescendant");
      return;
    }
    cell.classList.add("tb-active");
    cell.id = id;
    this.element.setAttribute("aria-activedescendant", id);
  }

  // --- gestures ------------------------------------------------------------------------------------------------------

  private onHeaderClick(event: MouseEvent): void {
    const target = event.target as Element;
    const cell = target.closest("[data-column]");
    if (cell === null || target.closest(".tb-baseline") !== null) return;
    this.active = { row: HEADER, column: Number(cell.getAttribute("data-column")) };
    if (target.closest(".tb-th-menu") !== null) this.openMenu();
    else this.pressHeader(event.shiftKey);
    this.markActive();
  }

  private onContextMenu(event: MouseEvent): void {
    const target = event.target as Element;
    const cell = target.closest("[data-column]");
    if (cell === null || event.shiftKey || target.closest(".tb-baseline") !== null || selectsText(this.element)) return;
    const row = cell.closest("[data-index]");
    this.active = {
      row: row === null ? HEADER : Number(row.getAttribute("data-index")),
      column: Number(cell.getAttribute("data-column")),
    };
    event.preventDefault();
    event.stopPropagation();
    this.markActive();
    this.openMenu();
  }

  private openMenu(): void {
    const column = this.columns[this.active.column];
    this.markActive();
    const cell = this.activeCell();
    if (column === undefined || cell === null || column.id === SELECT) return;
    this.events.menu(this.activeLine(), column, cell);
  }

  private activeLine(): GridLine | undefined {
    return this.active.row === HEADER ? undefined : this.model.line(this.active.row);
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
    this.markActive();
    if (this.activeLine()?.group !== undefined) {
      this.events.fold(this.active.row);
      return;
    }
    const box = this.active.column === 0;
    this.events.choose(
      this.active.row,
      event.shiftKey ? "range" : event.ctrlKey || event.metaKey || box ? "toggle" : "alone",
    );
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.element || event.altKey || !this.handle(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private handle(event: KeyboardEvent): boolean {
    const jump = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_PX) - 2);
    const [end, right] = [this.model.total() - 1, this.columns.length - 1];
    const line = this.activeLine();
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
        if (line?.group && !line.isOpen && this.active.column <= 1) return this.fold(true);
        return this.moveColumn(jump ? right : this.active.column + 1);
      case "ArrowLeft":
        if (line?.group && line.isOpen && this.active.column <= 1) return this.fold(false);
        return this.moveColumn(jump ? 0 : this.active.column - 1);
      case "Home":
        return jump ? this.moveRow(0, event.shiftKey) : this.moveColumn(0);
      case "End":
        return jump ? this.moveRow(end, event.shiftKey) : this.moveColumn(right);
      case "ContextMenu":
      case "F10":
        if (event.key === "F10" && !event.shiftKey) return false;
        this.openMenu();
        return true;
      case " ":
      case "Enter":
        if (line === undefined) this.pressHeader(event.shiftKey);
        else if (line.group) this.fold(!line.isOpen);
        else this.events.choose(this.active.row, event.shiftKey ? "range" : "toggle");
        return true;
      case "m":
        if (jump) return false;
        this.openMenu();
        return true;
      default:
        return this.events.key(event, line, this.columns[this.active.column]);
    }
  }

  private fold(open: boolean): boolean {
    this.events.fold(this.active.row, open);
    return true;
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
    if (this.active.column >= PINNED) this.revealColumn(this.active.column);
    this.markActive();
    return true;
  }

  private reveal(row: number): void {
    const [top, height] = [row * ROW_PX, this.element.clientHeight - this.head.offsetHeight];
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + ROW_PX > this.element.scrollTop + height) this.element.scrollTop = top + ROW_PX - height;
  }

  private revealColumn(column: number): void {
    const pinned = this.edges[PINNED] as number;
    const [left, right] = [this.edges[column] as number, this.edges[column + 1] as number];
    const { scrollLeft, clientWidth } = this.element;
    if (left < scrollLeft + pinned) this.element.scrollLeft = left - pinned;
    else if (right > scrollLeft + clientWidth) this.element.scrollLeft = right - clientWidth;
    this.follow();
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

function runOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest("[data-run]")?.getAttribute("data-run") ?? null) : null;
}

function gapOf(width_px: number): HTMLElement {
  const gap = h("div", { class: "tb-gap", role: "presentation" });
  gap.style.width = `${width_px}px`;
  return gap;
}

function groupContent(column: ColumnSpec, group: Group, isOpen: boolean): Node | null {
  return column.id === SELECT ? foldMark(isOpen) : column.group(group);
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
