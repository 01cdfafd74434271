/** A stretch that the pointer draws over a plot: it stays, at its place among the marks, until it is taken away. */
import { svg } from "../dom";
import { ordered } from "./plotmarks";

/** px, x and y */
export type Place = readonly [number, number];

/** px, where the marks lie */
export interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** px: what is smaller is a click */
const CLICK_PX = 4;

export class Stretch {
  readonly element = svg("rect", { class: "tb-plot-brush", visibility: "hidden" });
  private from: Place | null = null;
  /** two corners as shares of the area, which has another size when the plot has */
  private corners: readonly [Place, Place] | null = null;
  private before: readonly [Place, Place] | null = null;
  private area: Area = { left: 0, right: 1, top: 0, bottom: 1 };

  /** Whether the pointer is held down. */
  get isDrawn(): boolean {
    return this.from !== null;
  }

  within(area: Area): void {
    this.area = area;
    this.draw();
  }

  begin(place: Place): void {
    this.from = place;
    this.before = this.corners;
  }

  to(place: Place): void {
    if (this.from === null || isClick(this.from, place)) return;
    this.corners = [this.shareOf(this.from), this.shareOf(place)];
    this.draw();
  }

  /** False where it was a click, which leaves the stretch that was there. */
  end(place: Place): boolean {
    const drawn = this.from !== null && !isClick(this.from, place);
    if (drawn) this.to(place);
    else this.corners = this.before;
    this.from = null;
    this.draw();
    return drawn;
  }

  cancel(): void {
    this.from = null;
    this.corners = this.before;
    this.draw();
  }

  clear(): void {
    this.corners = null;
    this.draw();
  }

  holds([x, y]: Place): boolean {
    const found = this.edges();
    return found !== null && x >= found.left && x <= found.right && y >= found.top && y <= found.bottom;
  }

  private shareOf([x, y]: Place): Place {
    const { left, right, top, bottom } = this.area;
    return [(x - left) / (right - left), (y - top) / (bottom - top)];
  }

  private edges(): Area | null {
    if (this.corners === null) return null;
    const [[x0, y0], [x1, y1]] = this.corners;
    const { left, right, top, bottom } = this.area;
    const across = ordered(left + x0 * (right - left), left + x1 * (right - left));
    const down = ordered(top + y0 * (bottom - top), top + y1 * (bottom - top));
    return { left: across[0], right: across[1], top: down[0], bottom: down[1] };
  }

  private draw(): void {
    const found = this.edges();
    this.element.setAttribute("visibility", found === null ? "hidden" : "visible");
    if (found === null) return;
    const { left, right, top, bottom } = found;
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top }))
      this.element.setAttribute(name, String(value));
  }
}

function isClick([x0, y0]: Place, [x1, y1]: Place): boolean {
  return Math.abs(x1 - x0) < CLICK_PX && Math.abs(y1 - y0) < CLICK_PX;
}
