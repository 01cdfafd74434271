/** Parallel coordinates: a line for each run through its values; a stretch of an axis chooses the runs within it. */
import type { Parallel, ParallelAxis } from "../../bridge/plot";
import { formatTick } from "../../lib/axes";
import { adjusted, type Brush, holds, passing, shareOf, snapped, ticksOf, valueAt } from "../../lib/brushes";
import { type RunColours, sharedRunColours } from "../../lib/runcolours";
import { plural } from "../../lib/text";
import { button, h, svg, user } from "../dom";
import { shadeLegend } from "./plot";
import { inkedShade } from "./plotmarks";
import { RangeForm } from "./range";
import { redrawn } from "./redraw";

export interface ParallelHost {
  onSelect?(run_ids: string[]): void;
}

const [TOP, BOTTOM, SIDE, HEIGHT] = [36, 16, 72, 300];
const SPAN = HEIGHT - TOP - BOTTOM;
const AXIS_PX = 92;
const TICK_PX = 14;
const NEAR_PX = 8;
/** px beside an axis that belong to it */
const GRIP_PX = 14;
const KEY_STEP = 0.05;
/** of an axis: what is shorter is a click */
const CLICK = 0.01;

/** A pointer that is held down on an axis. */
interface Drag {
  axis: number;
  /** the share where it was pressed */
  from: number;
  /** the brush that it moves; without, it draws one */
  held: Brush | undefined;
  /** the brush that the axis had */
  before: Brush | undefined;
}

interface Line {
  index: number;
  points: [number, number][];
}

export class ParallelView {
  private readonly brushes = new Map<number, Brush>();
  private drag: Drag | null = null;
  private lines: Line[] = [];
  private readonly box = h("div", {
    class: "tb-parallel",
    tabindex: 0,
    role: "group",
    "aria-label": "Parallel coordinates",
  });
  private readonly tip = h("div", { class: "tb-tip", hidden: true });
  private readonly said = h("span", { "aria-live": "polite" });
  private readonly clear = button("Clear", () => {
    this.brushes.clear();
    this.changed();
  });
  private readonly foot = h("div", { class: "tb-legend" });
  private readonly range = new RangeForm({
    axes: () => this.data.axes,
    brush: (axis) => this.brushes.get(axis),
    choose: (axis, brush) => {
      this.put(axis, brush);
      this.changed();
    },
  });
  readonly element = h("div", { class: "tb-plot-box" }, this.box, this.tip, this.foot, this.range.element);
  private readonly stop: () => void;

  constructor(
    private data: Parallel,
    private readonly host: ParallelHost,
    private readonly looks: RunColours = sharedRunColours(),
  ) {
    this.box.addEventListener("pointerdown", (event) => this.press(event));
    this.box.addEventListener("pointermove", (event) => this.move(event));
    this.box.addEventListener("pointerup", (event) => this.release(event));
    this.box.addEventListener("pointercancel", () => this.cancel());
    this.box.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
      this.looks.pointAt(null);
    });
    this.stop = redrawn(this.box, looks, () => this.draw());
  }

  update(data: Parallel): void {
    this.data = data;
    this.brushes.clear();
    this.draw();
  }

  dispose(): void {
    this.stop();
    this.element.remove();
  }

  private put(axis: number, brush: Brush | null | undefined): void {
    if (brush == null) this.brushes.delete(axis);
    else this.brushes.set(axis, brush);
  }

  private changed(): void {
    const { data, brushes, host } = this;
    this.draw();
    host.onSelect?.(brushes.size === 0 ? [] : passing(data, brushes).map((index) => data.runs[index] as string));
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  private get width(): number {
    return Math.max(this.box.clientWidth || 640, 2 * SIDE + (this.data.axes.length - 1) * AXIS_PX);
  }

  private placeX(axis: number): number {
    return SIDE + (axis * (this.width - 2 * SIDE)) / Math.max(1, this.data.axes.length - 1);
  }

  private draw(): void {
    const { box, data, width } = this;
    const focused = box.contains(document.activeElement) ? document.activeElement?.getAttribute("data-axis") : null;
    const picture = svg("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` });
    const kept = new Set(passing(data, this.brushes));
    const order = data.runs.map((_, index) => index).sort((a, b) => Number(kept.has(a)) - Number(kept.has(b)));
    this.lines = [];
    for (const index of order)
      if (this.looks.isVisible(data.runs[index] as string)) picture.append(this.lineOf(index, kept.has(index)));
    picture.append(...data.axes.map((axis, index) => this.axisOf(axis, index)));
    box.replaceChildren(picture);
    if (focused !== null) box.querySelector<SVGElement>(`[data-axis="${focused}"]`)?.focus();
    this.drawFoot(kept.size);
    this.range.fill();
  }

  private drawFoot(kept: number): void {
    const { brushes, data, range } = this;
    this.said.textContent =
      brushes.size > 0 ? `${kept} of ${plural(data.runs.length, "run")} chosen` : "Drag along an axis to choose runs";
    this.clear.hidden = brushes.size === 0;
    const { title, low, high, labels } = this.last;
    const ends = { low: formatTick(round(low)), high: formatTick(round(high)) };
    const shade = labels.length === 0 ? [shadeLegend({ title, ...ends, share: false })] : [];
    this.foot.replaceChildren(this.said, this.clear, ...(range.typed().length > 0 ? [range.opener] : []), ...shade);
  }

  /** The axis whose values colour the lines. */
  private get last(): ParallelAxis {
    return this.data.axes[this.data.axes.length - 1] as ParallelAxis;
  }

  private lineOf(index: number, kept: boolean): SVGElement {
    const { data, looks } = this;
    const row = data.values[index] as (number | null)[];
    const points: [number, number][] = [];
    let d = "";
    let pen = false;
    row.forEach((value, axis) => {
      if (value === null) {
        pen = false;
        return;
      }
      const at: [number, number] = [this.placeX(axis), placeY(shareOf(data.axes[axis] as ParallelAxis, value))];
      d += `${pen ? "L" : "M"}${at[0].toFixed(1)} ${at[1].toFixed(1)}`;
      points.push(at);
      pen = true;
    });
    this.lines.push({ index, points });
    const end = row[row.length - 1];
    // Thin lines of either end of the scale would be lost on a light or on a dark ground.
    const colour = end == null || !kept ? "currentColor" : inkedShade(shareOf(this.last, end));
    const pointed = looks.pointedAt === data.runs[index];
    return svg("path", {
      d,
      fill: "none",
      style: `stroke:${colour}`,
      "stroke-width": pointed ? 3 : 1.4,
      "stroke-opacity": kept ? (pointed ? 1 : 0.75) : 0.08,
    });
  }

  private axisOf(axis: ParallelAxis, index: number): SVGElement {
    const x = this.placeX(index);
    const group = svg("g", {});
    group.append(svg("path", { d: `M${x} ${TOP}V${HEIGHT - BOTTOM}`, class: "tb-parallel-axis" }));
    for (const { label, share } of ticksOf(axis, SPAN / TICK_PX))
      group.append(textAt(cut(label, 12), x + 6, placeY(share) + 4, "start", "tb-plot-tick tb-parallel-tick"));
    group.append(textAt(cut(axis.title, 16), x, TOP - 16, "middle", "tb-plot-title"), this.handleOf(axis, index));
    return group;
  }

  /** What is dragged, and moved by keys: the brush, or all of the axis where it has none. */
  private handleOf(axis: ParallelAxis, index: number): SVGElement {
    const brush = this.brushes.get(index);
    const [low, high] = brush ?? [0, 1];
    const handle = svg("rect", {
      x: this.placeX(index) - 10,
      y: placeY(high),
      width: 20,
      height: (high - low) * SPAN,
      class: brush === undefined ? "tb-parallel-handle" : "tb-parallel-brush",
      tabindex: 0,
      role: "slider",
      "data-axis": index,
      "aria-orientation": "vertical",
      "aria-label": `Choose runs by ${axis.title}: arrow keys move the range, with Shift they widen it, Enter types it, Escape clears it`,
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": Math.round(((low + high) / 2) * 100),
      "aria-valuetext": brush === undefined ? "all" : `${valueAt(axis, low)} to ${valueAt(axis, high)}`,
    });
    handle.addEventListener("keydown", (event) => this.onKey(event as KeyboardEvent, index));
    return handle;
  }

  // -- keys and pointer ----------------------------------------------------------------------------------------------

  private onKey(event: KeyboardEvent, axis: number): void {
    const { brushes, range } = this;
    const step = { ArrowUp: KEY_STEP, ArrowDown: -KEY_STEP, ArrowRight: KEY_STEP, ArrowLeft: -KEY_STEP }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      range.open(axis);
      return;
    }
    if (step !== undefined) {
      const [move, widen] = event.shiftKey ? [0, step] : [step, 0];
      this.put(axis, adjusted(brushes.get(axis), move, widen));
    } else if (event.key === "Escape" && brushes.has(axis)) brushes.delete(axis);
    else return;
    event.preventDefault();
    this.changed();
  }

  private pointAt(event: PointerEvent): [number, number] {
    const { left, top } = this.box.getBoundingClientRect();
    return [event.clientX - left + this.box.scrollLeft, event.clientY - top];
  }

  private press(event: PointerEvent): void {
    const [x, y] = this.pointAt(event);
    const axis = this.data.axes.findIndex((_, index) => Math.abs(this.placeX(index) - x) <= GRIP_PX);
    if (axis < 0 || event.button !== 0) return;
    const [from, brush] = [shareAt(y), this.brushes.get(axis)];
    this.drag = { axis, from, held: brush !== undefined && holds(brush, from) ? brush : undefined, before: brush };
    this.box.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  private move(event: PointerEvent): void {
    const [x, y] = this.pointAt(event);
    if (this.drag === null) {
      this.hover(x, y);
      return;
    }
    this.put(this.drag.axis, dragged(this.drag, shareAt(y)));
    this.draw();
  }

  /** A click within the brush leaves it, one beside it on its axis takes it away. */
  private release(event: PointerEvent): void {
    const { drag } = this;
    if (drag === null) return;
    this.drag = null;
    const to = shareAt(this.pointAt(event)[1]);
    this.put(drag.axis, Math.abs(to - drag.from) < CLICK ? drag.held : dragged(drag, to));
    this.changed();
  }

  private cancel(): void {
    const { drag } = this;
    if (drag === null) return;
    this.drag = null;
    this.put(drag.axis, drag.before);
    this.draw();
  }

  private hover(x: number, y: number): void {
    const { box, data, tip, looks } = this;
    let best: Line | undefined;
    let least = NEAR_PX;
    for (const one of this.lines) {
      const distance = distanceTo(one.points, x, y);
      if (distance < least) [best, least] = [one, distance];
    }
    tip.hidden = best === undefined;
    looks.pointAt(best === undefined ? null : (data.runs[best.index] as string));
    if (best === undefined) return;
    const texts = data.texts[best.index] as string[];
    tip.replaceChildren(
      user(data.names[best.index] as string, "tb-strong"),
      ...data.axes.map((axis, i) =>
        h("div", { class: "tb-tip-row" }, user(axis.title, "tb-aside"), user(texts[i] ?? "", "tb-num")),
      ),
    );
    const shown = x - box.scrollLeft;
    const right = shown > box.clientWidth / 2;
    tip.style.insetBlockStart = `${Math.min(y, HEIGHT / 2)}px`;
    tip.style.insetInlineStart = right ? "auto" : `${shown + 16}px`;
    tip.style.insetInlineEnd = right ? `${box.clientWidth - shown + 16}px` : "auto";
  }
}

const placeY = (share: number) => HEIGHT - BOTTOM - share * SPAN;
const shareAt = (y: number) => Math.min(1, Math.max(0, (HEIGHT - BOTTOM - y) / SPAN));

/** The brush of a drag that has come so far: moved, or drawn. */
function dragged({ from, held }: Drag, to: number): Brush {
  if (held === undefined) return snapped(Math.min(from, to), Math.max(from, to));
  return adjusted(held, to - from, 0) ?? held;
}

const round = (value: number) => Number(value.toPrecision(4));
const cut = (text: string, limit: number) => (text.length > limit ? `${text.slice(0, limit - 1)}…` : text);

function textAt(text: string, x: number, y: number, anchor: string, name: string): SVGElement {
  const element = svg("text", { x, y, "text-anchor": anchor, class: name, "aria-hidden": "true" });
  element.textContent = text;
  return element;
}

/** From a point to a polyline whose x rises, px up and down. */
function distanceTo(points: readonly (readonly [number, number])[], x: number, y: number): number {
  for (let i = 1; i < points.length; i += 1) {
    const [[x0, y0], [x1, y1]] = [points[i - 1] as readonly [number, number], points[i] as readonly [number, number]];
    if (x >= x0 && x <= x1) return Math.abs(y - (y0 + ((y1 - y0) * (x - x0)) / (x1 - x0 || 1)));
  }
  return Number.POSITIVE_INFINITY;
}
