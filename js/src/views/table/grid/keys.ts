/** What the keys do in a grid: move the active cell, and do with it what the mouse does. */
import { PINNED } from "../columnspec";
import type { Active } from "./active";
import type { Layout } from "./layout";
import { type GridEvents, type GridModel, HEADER, ROW_PX } from "./model";
import type { Pointer } from "./pointer";

/** What moves under the active cell. */
export interface Ground {
  readonly element: HTMLElement;
  readonly headHeight_px: number;
  drawRows(): void;
  /** the element was scrolled: what has come into sight is drawn */
  follow(): void;
}

export class Keys {
  constructor(
    private readonly ground: Ground,
    private readonly layout: Layout,
    private readonly active: Active,
    private readonly pointer: Pointer,
    private readonly model: GridModel,
    private readonly events: GridEvents,
  ) {
    const { element } = ground;
    element.addEventListener("keydown", (event) => this.onKey(event));
    element.addEventListener("focus", () => this.watch(true));
    element.addEventListener("blur", () => this.watch(false));
  }

  dispose(): void {
    this.watch(false);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.ground.element || event.altKey || !this.handle(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private handle(event: KeyboardEvent): boolean {
    const { active } = this;
    const jump = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(this.ground.element.clientHeight / ROW_PX) - 2);
    const [end, right] = [this.model.total() - 1, this.layout.columns.length - 1];
    const line = this.pointer.activeLine();
    switch (event.key) {
      case "ArrowDown":
        return this.moveRow(jump ? end : active.row + 1, event.shiftKey);
      case "ArrowUp":
        return this.moveRow(jump ? HEADER : active.row - 1, event.shiftKey);
      case "PageDown":
        return this.moveRow(active.row + page, event.shiftKey);
      case "PageUp":
        return this.moveRow(Math.max(0, active.row - page), event.shiftKey);
      case "ArrowRight":
        if (line?.group && !line.isOpen && active.column <= 1) return this.fold(true);
        return this.moveColumn(jump ? right : active.column + 1);
      case "ArrowLeft":
        if (line?.group && line.isOpen && active.column <= 1) return this.fold(false);
        return this.moveColumn(jump ? 0 : active.column - 1);
      case "Home":
        return jump ? this.moveRow(0, event.shiftKey) : this.moveColumn(0);
      case "End":
        return jump ? this.moveRow(end, event.shiftKey) : this.moveColumn(right);
      case "ContextMenu":
      case "F10":
        if (event.key === "F10" && !event.shiftKey) return false;
        this.pointer.openMenu();
        return true;
      case " ":
      case "Enter":
        if (line === undefined) this.pointer.pressHeader(event.shiftKey);
        else if (line.group) this.fold(!line.isOpen);
        else this.events.choose(active.row, event.shiftKey ? "range" : "toggle");
        return true;
      case "m":
        if (jump) return false;
        this.pointer.openMenu();
        return true;
      default:
        return this.events.key(event, line, this.layout.columns[active.column]);
    }
  }

  private fold(open: boolean): boolean {
    this.events.fold(this.active.row, open);
    return true;
  }

  private moveRow(row: number, extend: boolean): boolean {
    const { active } = this;
    active.row = Math.max(HEADER, Math.min(row, this.model.total() - 1));
    if (active.row !== HEADER) this.reveal(active.row);
    this.ground.drawRows();
    if (extend && active.row !== HEADER) this.events.choose(active.row, "range");
    return true;
  }

  moveColumn(column: number): boolean {
    this.active.column = Math.max(0, Math.min(column, this.layout.columns.length - 1));
    if (this.active.column >= PINNED) this.revealColumn(this.active.column);
    this.active.mark();
    return true;
  }

  private reveal(row: number): void {
    const { element, headHeight_px } = this.ground;
    const [top, height] = [row * ROW_PX, element.clientHeight - headHeight_px];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX > element.scrollTop + height) element.scrollTop = top + ROW_PX - height;
  }

  private revealColumn(column: number): void {
    const { edges } = this.layout;
    const pinned = edges[PINNED] as number;
    const [left, right] = [edges[column] as number, edges[column + 1] as number];
    const { element } = this.ground;
    const { scrollLeft, clientWidth } = element;
    if (left < scrollLeft + pinned) element.scrollLeft = left - pinned;
    else if (right > scrollLeft + clientWidth) element.scrollLeft = right - clientWidth;
    this.ground.follow();
  }

  /** Ctrl+A belongs to the grid while it has the focus, before the page's own shortcuts see it. */
  private readonly onWindowKey = (event: KeyboardEvent): void => {
    if (event.key !== "a" || !(event.ctrlKey || event.metaKey)) return;
    if (event.composedPath()[0] !== this.ground.element) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.events.chooseAll();
  };

  private watch(on: boolean): void {
    const window = this.ground.element.ownerDocument.defaultView;
    if (on) window?.addEventListener("keydown", this.onWindowKey, true);
    else window?.removeEventListener("keydown", this.onWindowKey, true);
  }
}
