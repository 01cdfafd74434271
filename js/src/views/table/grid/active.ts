/** The active cell of a grid, which has the focus in the grid's name. */
import { uniqueId } from "../../dom";
import { HEADER } from "./model";

export class Active {
  row = HEADER;
  column = 1;
  private marked: HTMLElement | null = null;
  private readonly id = uniqueId("active");

  constructor(
    private readonly grid: HTMLElement,
    /** a row that is drawn, the header included */
    private readonly drawn: (row: number) => Element | null | undefined,
  ) {}

  /** Its element, where it is drawn. */
  get cell(): HTMLElement | null {
    return this.drawn(this.row)?.querySelector<HTMLElement>(`[data-column="${this.column}"]`) ?? null;
  }

  moveTo(row: number, column: number): void {
    this.row = row;
    this.column = column;
    this.mark();
  }

  /** Stays within what there is. */
  keepWithin(rows: number, columns: number): void {
    this.row = Math.min(this.row, rows - 1);
    this.column = Math.min(this.column, columns - 1);
  }

  /** Marks the cell where it is drawn by now. */
  mark(): void {
    const { cell } = this;
    if (cell !== null && cell === this.marked) return;
    this.marked?.classList.remove("tb-active");
    this.marked?.removeAttribute("id");
    this.marked = cell;
    if (cell === null) {
      this.grid.removeAttribute("aria-activedescendant");
      return;
    }
    cell.classList.add("tb-active");
    cell.id = this.id;
    this.grid.setAttribute("aria-activedescendant", this.id);
  }
}
