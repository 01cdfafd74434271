/** Parallel coordinates: a line for each run through its values; a stretch of an axis chooses the runs within it. */
import type { Parallel, ParallelAxis } from "../../bridge/plot";
import { formatTick } from "../../lib/axes";
import { adjusted, type Brush, passing, shareOf, snapped, ticksOf, valueAt } from "../../lib/brushes";
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

export interface ParallelView {
  readonly element: HTMLElement;
  update(data: Parallel): void;
  dispose(): void;
}

const [TOP, BOTTOM, SIDE, HEIGHT] = [36, 16, 72, 300];
const AXIS_PX = 92;
const TICK_PX = 14;
const NEAR_PX = 8;
const KEY_STEP = 0.05;

export function parallelView(
  first: Parallel,
  host: ParallelHost,
  looks: RunColours = sharedRunColours(),
): ParallelView {
  let data = first;
  const brushes = new Map<number, Brush>();
  let dragged: { axis: number; from: number } | null = null;
  const box = h("div", { class: "tb-parallel", tabindex: 0, role: "group", "aria-label": "Parallel coordinates" });
  const tip = h("div", { class: "tb-tip", hidden: true });
  const said = h("span", { "aria-live": "polite" });
  const clear = button("Clear", () => {
    brushes.clear();
    changed();
  });
  const foot = h("div", { class: "tb-legend" });
  const range = new RangeForm({
    axes: () => data.axes,
    brush: (axis) => brushes.get(axis),
    choose(axis, brush) {
      if (brush === undefined) brushes.delete(axis);
      else brushes.set(axis, brush);
      changed();
    },
  });
  const element = h("div", { class: "tb-plot-box" }, box, tip, foot, range.element);
  let paths: { index: number; path: SVGElement; points: [number, number][] }[] = [];

  function changed(): void {
    draw();
    host.onSelect?.(brushes.size === 0 ? [] : passing(data, brushes).map((index) => data.runs[index] as string));
  }

  const place = (axis: ParallelAxis, value: number) => HEIGHT - BOTTOM - shareOf(axis, value) * (HEIGHT - TOP - BOTTOM);
  const shareAt = (y: number) => Math.min(1, Math.max(0, (HEIGHT - BOTTOM - y) / (HEIGHT - TOP - BOTTOM)));
  const width = () => Math.max(box.clientWidth || 640, 2 * SIDE + (data.axes.length - 1) * AXIS_PX);
  const placeX = (axis: number) => SIDE + (axis * (width() - 2 * SIDE)) / Math.max(1, data.axes.length - 1);

  function draw(): void {
    const focused = box.contains(document.activeElement) ? document.activeElement?.getAttribute("data-axis") : null;
    const picture = svg("svg", { width: width(), height: HEIGHT, viewBox: `0 0 ${width()} ${HEIGHT}` });
    const kept = new Set(passing(data, brushes));
    const last = data.axes[data.axes.length - 1] as ParallelAxis;
    paths = [];
    const order = data.runs.map((_, index) => index).sort((a, b) => Number(kept.has(a)) - Number(kept.has(b)));
    for (const index of order) {
      if (!looks.isVisible(data.runs[index] as string)) continue;
      picture.append(lineOf(index, kept.has(index), last));
    }
    picture.append(...data.axes.map(axisOf));
    box.replaceChildren(picture);
    if (focused !== null) box.querySelector<SVGElement>(`[data-axis="${focused}"]`)?.focus();
    said.textContent =
      brushes.size > 0
        ? `${kept.size} of ${plural(data.runs.length, "run")} chosen`
        : "Drag along an axis to choose runs";
    clear.hidden = brushes.size === 0;
    const numeric = last.labels.length === 0;
    const shade = numeric
      ? [
          shadeLegend({
            title: last.title,
            low: formatTick(round(last.low)),
            high: formatTick(round(last.high)),
            share: false,
          }),
        ]
      : [];
    foot.replaceChildren(said, clear, ...(range.typed().length > 0 ? [range.opener] : []), ...shade);
    range.fill();
  }

  function lineOf(index: number, kept: boolean, last: ParallelAxis): SVGElement {
    const row = data.values[index] as (number | null)[];
    const points: [number, number][] = [];
    let d = "";
    let pen = false;
    row.forEach((value, axis) => {
      if (value === null) {
        pen = false;
        return;
      }
      const at: [number, number] = [placeX(axis), place(data.axes[axis] as ParallelAxis, value)];
      d += `${pen ? "L" : "M"}${at[0].toFixed(1)} ${at[1].toFixed(1)}`;
      points.push(at);
      pen = true;
    });
    const end = row[row.length - 1];
    // Thin lines of either end of the scale would be lost on a light or on a dark ground.
    const colour = end == null ? "currentColor" : inkedShade(shareOf(last, end));
    const run = data.runs[index] as string;
    const pointed = looks.pointedAt === run;
    const path = svg("path", {
      d,
      fill: "none",
      style: `stroke:${kept ? colour : "currentColor"}`,
      "stroke-width": pointed ? 3 : 1.4,
      "stroke-opacity": kept ? (pointed ? 1 : 0.75) : 0.08,
    });
    paths.push({ index, path, points });
    return path;
  }

  function axisOf(axis: ParallelAxis, index: number): SVGElement {
    const x = placeX(index);
    const brush = brushes.get(index);
    const group = svg("g", {});
    group.append(svg("path", { d: `M${x} ${TOP}V${HEIGHT - BOTTOM}`, class: "tb-parallel-axis" }));
    for (const { label, share } of ticksOf(axis, (HEIGHT - TOP - BOTTOM) / TICK_PX))
      group.append(
        textAt(
          cut(label, 12),
          x + 6,
          HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM) + 4,
          "start",
          "tb-plot-tick tb-parallel-tick",
        ),
      );
    group.append(textAt(cut(axis.title, 16), x, TOP - 16, "middle", "tb-plot-title"));
    const [low, high] = brush ?? [0, 1];
    const handle = svg("rect", {
      x: x - 10,
      y: HEIGHT - BOTTOM - high * (HEIGHT - TOP - BOTTOM),
      width: 20,
      height: (high - low) * (HEIGHT - TOP - BOTTOM),
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
    handle.addEventListener("keydown", (event) => onKey(event as KeyboardEvent, index));
    group.append(handle);
    return group;
  }

  function onKey(event: KeyboardEvent, axis: number): void {
    const step = { ArrowUp: KEY_STEP, ArrowDown: -KEY_STEP, ArrowRight: KEY_STEP, ArrowLeft: -KEY_STEP }[event.key];
    if (step !== undefined) {
      const next = event.shiftKey ? adjusted(brushes.get(axis), 0, step) : adjusted(brushes.get(axis), step, 0);
      if (next === null) brushes.delete(axis);
      else brushes.set(axis, next);
    } else if (event.key === "Escape" && brushes.has(axis)) brushes.delete(axis);
    else if (event.key === "Enter") {
      event.preventDefault();
      range.open(axis);
      return;
    } else return;
    event.preventDefault();
    changed();
  }

  const pointAt = (event: PointerEvent): [number, number] => {
    const { left, top } = box.getBoundingClientRect();
    return [event.clientX - left + box.scrollLeft, event.clientY - top];
  };
  box.addEventListener("pointerdown", (event) => {
    const [x, y] = pointAt(event);
    const axis = data.axes.findIndex((_, index) => Math.abs(placeX(index) - x) <= 14);
    if (axis < 0 || event.button !== 0) return;
    dragged = { axis, from: shareAt(y) };
    box.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  box.addEventListener("pointermove", (event) => {
    const [x, y] = pointAt(event);
    if (dragged === null) return hover(x, y);
    const [a, b] = [dragged.from, shareAt(y)];
    brushes.set(dragged.axis, snapped(Math.min(a, b), Math.max(a, b)));
    draw();
  });
  box.addEventListener("pointerup", () => {
    if (dragged === null) return;
    const brush = brushes.get(dragged.axis);
    if (brush !== undefined && brush[1] - brush[0] < 0.01) brushes.delete(dragged.axis);
    dragged = null;
    changed();
  });
  box.addEventListener("pointerleave", () => {
    tip.hidden = true;
    looks.pointAt(null);
  });

  function hover(x: number, y: number): void {
    let best: (typeof paths)[number] | undefined;
    let least = NEAR_PX;
    for (const one of paths) {
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

  const stop = redrawn(box, looks, draw);
  return {
    element,
    update(next) {
      data = next;
      brushes.clear();
      draw();
    },
    dispose() {
      stop();
      element.remove();
    },
  };
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
