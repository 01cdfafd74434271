/**
 * The grid itself: a sticky header, virtual rows of one height and virtual columns; an ARIA grid whose focus stays on one
 * element while `aria-activedescendant` names the active cell.  It draws and reports gestures; what they mean is decided
 * by the table.  Rows of groups make it a treegrid.
 */
import { h } from "../../dom";
import type { ColumnSpec } from "../columnspec";
import { Active } from "./active";
import { GridHead } from "./head";
import { type Ground, Keys } from "./keys";
import { Layout } from "./layout";
import { type GridEvents, type GridModel, HEADER, ROW_PX } from "./model";
import { Pointer } from "./pointer";
import { GridRows } from "./rows";

export type { GridEvents, GridLine, GridModel, How } from "./model";

export class Grid implements Ground {
  readonly element: HTMLElement;
  private readonly layout: Layout;
  private readonly head: GridHead;
  private readonly rows: GridRows;
  private readonly active: Active;
  private readonly keys: Keys;
  private readonly resize = new ResizeObserver(() => this.onResize());
  private frame = 0;

  constructor(
    label: string,
    private readonly model: GridModel,
    private readonly events: GridEvents,
  ) {
    this.element = h("div", {
      class: "tb-grid",
      role: "grid",
      tabindex: 0,
      "aria-label": label,
      "aria-multiselectable": "true",
      onscroll: () => this.onScroll(),
    });
    this.layout = new Layout(this.element);
    this.head = new GridHead(model, this.layout);
    this.rows = new GridRows(model, this.layout);
    this.element.append(this.head.element, this.rows.element);
    this.active = new Active(this.element, (row) =>
      row === HEADER ? this.head.element.firstElementChild : this.rows.at(row),
    );
    const pointer = new Pointer(this.element, this.head, this.rows.element, this.layout, this.active, model, events);
    this.keys = new Keys(this, this.layout, this.active, pointer, model, events);
    this.resize.observe(this.element);
  }

  /** Rows have changed; columns and order too, unless `onlyRows`. */
  redraw(onlyRows = false): void {
    this.layout.look();
    const [active, leading] = [this.layout.columns[this.active.column]?.id, this.layout.leading()];
    this.layout.columns = this.model.columns();
    const total = this.model.total();
    this.element.setAttribute("role", this.model.isGrouped() ? "treegrid" : "grid");
    this.element.setAttribute("aria-colcount", String(this.layout.columns.length));
    this.element.setAttribute("aria-rowcount", String(total + 1));
    this.rows.resize(total);
    if (!onlyRows) {
      this.active.column = this.layout.placeOf(active) ?? this.active.column;
      this.layout.measure(leading);
      this.rows.clear();
    }
    this.active.keepWithin(total, this.layout.columns.length);
    this.head.draw();
    this.drawInSight();
  }

  get activeRow(): number {
    return this.active.row;
  }

  set activeRow(row: number) {
    this.active.row = row;
  }

  get headHeight_px(): number {
    return this.head.element.offsetHeight;
  }

  /** Draws the rows in sight that are not drawn yet, or whose data has come. */
  drawRows(): void {
    this.layout.look();
    this.drawInSight();
  }

  /** Only what is selected has changed. */
  drawSelection(): void {
    this.rows.drawSelection();
    this.head.drawTick();
  }

  /** How runs look has changed. */
  drawLooks(): void {
    this.rows.forget();
    this.head.drawBaseline();
    this.drawRows();
  }

  /** Lines [first, last) that are drawn. */
  inSight(): [number, number] {
    this.layout.look();
    return this.layout.rows(this.model.total());
  }

  scrollToTop(): void {
    if (this.element.scrollTop > 0) this.element.scrollTop = 0;
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
    const column = this.layout.columns.findIndex((one: ColumnSpec) => one.id === id);
    if (column >= 0) this.keys.moveColumn(column);
  }

  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  follow(): void {
    this.layout.look();
    if (this.layout.follow()) {
      this.head.draw();
      this.rows.clear();
    }
    this.drawInSight();
  }

  dispose(): void {
    this.resize.disconnect();
    this.keys.dispose();
    cancelAnimationFrame(this.frame);
  }

  private drawInSight(): void {
    const [first, last] = this.layout.rows(this.model.total());
    this.rows.draw(first, last);
    this.events.seen(first, last, this.layout.seen());
    this.active.mark();
  }

  private onScroll(): void {
    this.element.toggleAttribute("data-scrolled", this.element.scrollLeft > 0);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.follow());
  }

  private onResize(): void {
    this.layout.look();
    if (this.layout.measure() || !this.head.isDrawn) this.redraw();
    else this.follow();
  }
}
