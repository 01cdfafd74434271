/** What the mouse does in a grid: chooses rows, sorts by a header, opens menus. */
import { SELECT } from "../columnspec";
import type { Active } from "./active";
import type { GridHead } from "./head";
import type { Layout } from "./layout";
import { type GridEvents, type GridLine, type GridModel, HEADER } from "./model";

export class Pointer {
  constructor(
    private readonly grid: HTMLElement,
    head: GridHead,
    body: HTMLElement,
    private readonly layout: Layout,
    private readonly active: Active,
    private readonly model: GridModel,
    private readonly events: GridEvents,
  ) {
    head.element.addEventListener("click", (event) => this.onHeaderClick(event));
    body.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
    body.addEventListener("click", (event) => this.onRowClick(event));
    body.addEventListener("pointerover", (event) => this.events.point(runOf(event.target)));
    body.addEventListener("pointerleave", () => this.events.point(null));
    grid.addEventListener("contextmenu", (event) => this.onContextMenu(event));
  }

  /** The menu of the active cell. */
  openMenu(): void {
    this.active.mark();
    const column = this.layout.columns[this.active.column];
    const { cell } = this.active;
    if (column === undefined || cell === null || column.id === SELECT) return;
    this.events.menu(this.activeLine(), column, cell);
  }

  /** Undefined for the header. */
  activeLine(): GridLine | undefined {
    return this.active.row === HEADER ? undefined : this.model.line(this.active.row);
  }

  /** Sorts by the active column, or selects all. */
  pressHeader(additive: boolean): void {
    const column = this.layout.columns[this.active.column];
    if (column?.id === SELECT) this.events.toggleAll();
    else if (column !== undefined && column.sort !== null) this.events.sort(column.sort, additive);
  }

  private onHeaderClick(event: MouseEvent): void {
    const target = event.target as Element;
    const cell = target.closest("[data-column]");
    if (cell === null || target.closest(".tb-baseline") !== null) return;
    this.active.row = HEADER;
    this.active.column = Number(cell.getAttribute("data-column"));
    if (target.closest(".tb-th-menu") !== null) this.openMenu();
    else this.pressHeader(event.shiftKey);
    this.active.mark();
  }

  private onContextMenu(event: MouseEvent): void {
    const target = event.target as Element;
    const cell = target.closest("[data-column]");
    if (cell === null || event.shiftKey || target.closest(".tb-baseline") !== null || selectsText(this.grid)) return;
    const row = cell.closest("[data-index]");
    event.preventDefault();
    event.stopPropagation();
    this.active.moveTo(
      row === null ? HEADER : Number(row.getAttribute("data-index")),
      Number(cell.getAttribute("data-column")),
    );
    this.openMenu();
  }

  private onRowClick(event: MouseEvent): void {
    const target = event.target as Element;
    const row = target.closest("[data-index]");
    const cell = target.closest("[data-column]");
    if (row === null || cell === null || target.closest("a") !== null || selectsText(this.grid)) return;
    this.active.moveTo(Number(row.getAttribute("data-index")), Number(cell.getAttribute("data-column")));
    if (this.activeLine()?.group !== undefined) {
      this.events.fold(this.active.row);
      return;
    }
    const toggles = event.ctrlKey || event.metaKey || this.active.column === 0;
    this.events.choose(this.active.row, event.shiftKey ? "range" : toggles ? "toggle" : "alone");
  }
}

function runOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest("[data-run]")?.getAttribute("data-run") ?? null) : null;
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
