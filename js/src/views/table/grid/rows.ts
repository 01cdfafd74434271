/**
 * The rows of a grid that are in sight.  A row that has gone out of sight becomes the next one that comes in: its cells
 * stay, and where a column can, so does what is in them.  So a frame of scrolling writes texts and moves rows, and
 * builds nothing.
 */
import type { Group, TableRow } from "../../../bridge/table";
import { h } from "../../dom";
import { foldMark } from "../cells";
import { type ColumnSpec, SELECT } from "../columnspec";
import type { Layout } from "./layout";
import { type GridLine, type GridModel, ROW_PX } from "./model";

interface Cell {
  element: HTMLElement;
  column: ColumnSpec;
  /** of which row its content was drawn; undefined where it is no run's */
  row: TableRow | undefined;
}

interface Drawn {
  element: HTMLElement;
  cells: Cell[];
  line: GridLine;
  isMarked: boolean | undefined;
  isDimmed: boolean;
}

export class GridRows {
  readonly element = h("div", { class: "tb-grid-body", role: "rowgroup" });
  private readonly drawn = new Map<number, Drawn>();
  private height_px = -1;

  constructor(
    private readonly model: GridModel,
    private readonly layout: Layout,
  ) {}

  /** The row's element, where it is drawn. */
  at(index: number): HTMLElement | undefined {
    return this.drawn.get(index)?.element;
  }

  /** Makes room for so many lines; false where it has. */
  resize(total: number): boolean {
    if (this.height_px === total * ROW_PX) return false;
    this.height_px = total * ROW_PX;
    this.element.style.height = `${this.height_px}px`;
    return true;
  }

  /** Nothing that is drawn holds any more: the columns are others. */
  clear(): void {
    this.element.replaceChildren();
    this.drawn.clear();
  }

  /** What is drawn of these rows is to be drawn anew, in the same columns. */
  forget(): void {
    for (const drawn of this.drawn.values()) {
      drawn.line = NOTHING;
      for (const cell of drawn.cells) cell.row = undefined;
    }
  }

  /** Draws lines [first, last) that are not drawn yet, or whose data has come. */
  draw(first: number, last: number): void {
    const spare: Drawn[] = [];
    for (const [index, drawn] of this.drawn) {
      if (index >= first && index < last) continue;
      this.drawn.delete(index);
      spare.push(drawn);
    }
    const fresh: HTMLElement[] = [];
    for (let index = first; index < last; index += 1) {
      const line = this.model.line(index);
      const old = this.drawn.get(index);
      if (old !== undefined && sameLine(old.line, line)) continue;
      let drawn = old ?? spare.pop();
      if (drawn === undefined) {
        drawn = this.made();
        fresh.push(drawn.element);
      }
      if (old === undefined) {
        place(drawn.element, index);
        this.drawn.set(index, drawn);
      }
      this.fill(drawn, line);
    }
    for (const { element } of spare) element.remove();
    this.element.append(...fresh);
  }

  drawSelection(): void {
    for (const drawn of this.drawn.values()) this.mark(drawn);
  }

  private made(): Drawn {
    const cells: Cell[] = [];
    const elements = this.layout.cells((column) => {
      const element = document.createElement("div");
      element.className = "tb-td";
      element.setAttribute("role", "gridcell");
      if (column.align === "end") element.setAttribute("data-align", "end");
      cells.push({ element, column, row: undefined });
      return element;
    });
    const element = document.createElement("div");
    element.className = "tb-tr";
    element.setAttribute("role", "row");
    element.append(...elements);
    return { element, cells, line: NOTHING, isMarked: undefined, isDimmed: false };
  }

  private fill(drawn: Drawn, line: GridLine): void {
    const { row, group, isOpen } = line;
    const { element, cells } = drawn;
    const isGrouped = this.model.isGrouped();
    drawn.line = line;
    put(element, "data-run", row?.run.run_id ?? null);
    put(element, "aria-level", isGrouped ? (group ? "1" : "2") : null);
    put(element, "aria-expanded", group ? String(isOpen) : null);
    put(cells[1]?.element, "data-level", isGrouped && row ? "2" : null);
    for (const cell of cells) {
      if (row !== undefined) this.fillCell(cell, row);
      else {
        cell.row = undefined;
        show(cell.element, group ? groupContent(cell.column, group, isOpen) : skeleton(cell.column));
      }
    }
    drawn.isMarked = undefined;
    this.mark(drawn);
  }

  private fillCell(cell: Cell, row: TableRow): void {
    const { element, column } = cell;
    const content = element.firstChild as HTMLElement | null;
    const before = cell.row;
    cell.row = row;
    if (column.id === SELECT) {
      if (before === undefined) show(element, h("span", { class: "tb-check", role: "checkbox" }));
      (element.firstChild as HTMLElement).setAttribute("aria-label", `Select ${row.run.name}`);
    } else if (before === undefined || content === null || !column.renew?.(content, row, before))
      show(element, column.cell(row));
  }

  private mark(drawn: Drawn): void {
    const { element, line, cells } = drawn;
    const id = line.row?.run.run_id;
    const isSelected = id === undefined ? undefined : this.model.isSelected(id);
    const isDimmed = id !== undefined && this.model.isDimmed(id);
    if (drawn.isDimmed !== isDimmed) element.toggleAttribute("data-dimmed", isDimmed);
    drawn.isDimmed = isDimmed;
    if (drawn.isMarked === isSelected && isSelected !== undefined) return;
    drawn.isMarked = isSelected;
    put(element, "aria-selected", isSelected === undefined ? null : String(isSelected));
    if (isSelected === undefined) return;
    const box = cells[0]?.element.firstElementChild;
    put(box, "aria-checked", String(isSelected));
    put(box, "data-tick", isSelected ? "all" : "none");
  }
}

const NOTHING: GridLine = { row: undefined, group: undefined, isOpen: false };

function sameLine(a: GridLine, b: GridLine): boolean {
  return a !== NOTHING && a.row === b.row && a.group === b.group && a.isOpen === b.isOpen;
}

function place(element: HTMLElement, index: number): void {
  element.setAttribute("aria-rowindex", String(index + 2));
  element.setAttribute("data-index", String(index));
  element.style.transform = `translateY(${index * ROW_PX}px)`;
}

/** Sets an attribute where it is another than it was: each one set costs a look at the styles. */
function put(element: Element | null | undefined, name: string, value: string | null): void {
  if (element == null || element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

function show(element: HTMLElement, content: Node | null): void {
  if (content === null) element.replaceChildren();
  else element.replaceChildren(content);
}

function groupContent(column: ColumnSpec, group: Group, isOpen: boolean): Node | null {
  return column.id === SELECT ? foldMark(isOpen) : column.group(group);
}

function skeleton(column: ColumnSpec): HTMLElement | null {
  return column.id === SELECT ? null : h("span", { class: "tb-skeleton" });
}
