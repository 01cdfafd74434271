/**
 * Where the cells of a grid stand: the edges of its columns, which rows and columns are in sight.
 *
 * The element's place and size are read once a frame, before anything is drawn: read after it, they would make the
 * browser lay the page out in the middle of the work.
 */
import { visibleRows } from "../../../lib/blocks";
import { edges, tracksBetween } from "../../../lib/tracks";
import { h } from "../../dom";
import { type ColumnSpec, PINNED } from "../columnspec";
import { ROW_PX } from "./model";

const SPARE_COLUMNS = 3;

/** The first column beside the pinned ones, and how far it is scrolled below them. */
interface Leading {
  id: string;
  hidden_px: number;
}

export class Layout {
  columns: ColumnSpec[] = [];
  /** unpinned columns that are drawn */
  window: [number, number] = [PINNED, PINNED];
  edges: number[] = [0];
  private place = { top: 0, left: 0, width: 0, height: 0 };

  constructor(private readonly element: HTMLElement) {}

  /** Reads where the element is scrolled to, and how large it is. */
  look(): void {
    const { scrollTop, scrollLeft, clientWidth, clientHeight } = this.element;
    this.place = { top: scrollTop, left: scrollLeft, width: clientWidth, height: clientHeight };
  }

  placeOf(id: string | undefined): number | undefined {
    const found = this.columns.findIndex((one) => one.id === id);
    return found < 0 ? undefined : found;
  }

  /** Null where nothing is scrolled. */
  leading(): Leading | null {
    if (this.place.left <= 0) return null;
    const from = this.place.left + (this.edges[PINNED] ?? 0);
    const [first] = tracksBetween(this.edges, from, from);
    const column = this.columns[first];
    return column === undefined ? null : { id: column.id, hidden_px: from - (this.edges[first] as number) };
  }

  /** Works out the widths of the columns; false where they are as they were.  `leading` stays where it was seen. */
  measure(leading: Leading | null = null): boolean {
    const before = this.edges.at(-1);
    this.edges = edges(this.columns, this.place.width);
    const wider = before !== this.edges.at(-1);
    if (wider) this.element.style.setProperty("--tb-width", `${this.edges.at(-1)}px`);
    if (leading !== null) this.lead(leading);
    this.window = this.columnsInSight(SPARE_COLUMNS);
    return wider;
  }

  private lead({ id, hidden_px }: Leading): void {
    const at = this.placeOf(id);
    if (at === undefined) return;
    const left = (this.edges[at] as number) + hidden_px - (this.edges[PINNED] ?? 0);
    if (left === this.place.left) return;
    this.element.scrollLeft = left;
    this.look();
  }

  /** Moves the window along where columns have come into sight that are not in it; false where none has. */
  follow(): boolean {
    const [first, last] = this.columnsInSight(0);
    if (first >= this.window[0] && last <= this.window[1]) return false;
    this.window = this.columnsInSight(SPARE_COLUMNS);
    return true;
  }

  /** Lines [first, last) that are to be drawn. */
  rows(total: number): [number, number] {
    return visibleRows(this.place.top, this.place.height || 12 * ROW_PX, ROW_PX, total);
  }

  seen(): ColumnSpec[] {
    return this.columns.slice(...this.window);
  }

  /** Pinned cells, a gap for those that are out of sight, and the cells in sight. */
  cells(draw: (column: ColumnSpec, index: number) => HTMLElement): HTMLElement[] {
    const place = (index: number) => this.placed(draw(this.columns[index] as ColumnSpec, index), index);
    const pinned = Array.from({ length: Math.min(PINNED, this.columns.length) }, (_, i) => place(i));
    const [first, last] = this.window;
    const gap_px = (this.edges[first] as number) - (this.edges[PINNED] as number);
    const gap = gap_px > 0 ? [gapOf(gap_px)] : [];
    return [...pinned, ...gap, ...Array.from({ length: last - first }, (_, i) => place(first + i))];
  }

  private placed(cell: HTMLElement, index: number): HTMLElement {
    cell.style.width = `${(this.edges[index + 1] as number) - (this.edges[index] as number)}px`;
    cell.setAttribute("aria-colindex", String(index + 1));
    cell.setAttribute("data-column", String(index));
    if (index < PINNED) {
      cell.setAttribute("data-pinned", "");
      cell.style.left = `${this.edges[index]}px`;
    }
    return cell;
  }

  private columnsInSight(spare: number): [number, number] {
    const from = this.place.left + (this.edges[PINNED] ?? 0);
    const to = this.place.left + (this.place.width || 1200);
    const [first, last] = tracksBetween(this.edges, from, to, spare);
    return [Math.max(PINNED, first), Math.max(PINNED, last)];
  }
}

function gapOf(width_px: number): HTMLElement {
  const gap = h("div", { class: "tb-gap", role: "presentation" });
  gap.style.width = `${width_px}px`;
  return gap;
}
