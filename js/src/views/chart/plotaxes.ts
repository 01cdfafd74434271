/** What stands around the marks of a plot: its size, the room of its axes, ticks and titles. */
import type { Plot, PlotAxis } from "../../bridge/plot";
import type { AxisScale } from "../../lib/axes";
import { cutMiddle, shorten } from "../../lib/text";
import { svg } from "../dom";

/** px around the marks */
export const [TOP, RIGHT, BOTTOM] = [10, 14, 44];

/** px of the marks, at least */
const LEAST_PX = 80;
/** px of a letter, about */
const LETTER_PX = 6.5;
/** px of a row with a name, of few and of many */
const ROW_PX = [26, 20, 16] as const;

export function bottomOf(plot: Plot): number {
  return plot.x.title === "" ? BOTTOM - 18 : BOTTOM;
}

export function heightOf(plot: Plot): number {
  if (plot.y.scale !== "band") return 300;
  const rows = Math.max(2, plot.y.labels.length);
  return TOP + bottomOf(plot) + rows * ROW_PX[rows <= 12 ? 0 : rows <= 24 ? 1 : 2];
}

/** From where to where the marks lie, px: beside the names at the left, which give way to what stands beyond the boxes. */
export function acrossOf(plot: Plot, width: number): [number, number] {
  const most = width - RIGHT - beyondOf(plot);
  const left = leftOf(plot.y, Math.min(width * 0.4, Math.max(width * 0.2, most - LEAST_PX)));
  return [left, Math.max(left + LEAST_PX, most)];
}

function leftOf(axis: PlotAxis, most: number): number {
  if (axis.scale !== "band") return 64;
  const longest = Math.max(0, ...axis.labels.map((label) => label.length));
  return Math.min(most, titleRoom(axis) + longest * LETTER_PX);
}

const titleRoom = (axis: PlotAxis) => (axis.title === "" ? 12 : 32);

/** px that what stands beyond the boxes takes */
function beyondOf(plot: Plot): number {
  return Math.max(0, ...plot.rects.flatMap(({ ends }) => ends.map((end) => end.length))) * LETTER_PX;
}

/** px that a tick below needs */
export function roomOf(axis: PlotAxis): number {
  const longest = Math.max(0, ...axis.labels.map((label) => Math.min(16, label.length)));
  return axis.scale === "band" ? 12 + longest * 7 : 72;
}

export function valuesOf(plot: Plot, axis: "x" | "y"): number[] {
  const edges = axis === "x" ? (["x0", "x1"] as const) : (["y0", "y1"] as const);
  return [
    ...plot.points.flatMap((one) => one[axis]),
    ...plot.lines.flatMap((one) => one[axis]),
    ...plot.rects.flatMap((one) => [...one[edges[0]], ...one[edges[1]]]),
  ];
}

export function axes(
  plot: Plot,
  x: AxisScale,
  y: AxisScale,
  { left, right, bottom }: { left: number; right: number; bottom: number },
): SVGElement {
  const group = svg("g", {});
  const letters = Math.floor((left - titleRoom(plot.y)) / LETTER_PX) + 1;
  for (const { at, label } of y.ticks) {
    const place = y.place(at);
    if (plot.y.scale !== "band") group.append(svg("path", { d: `M${left} ${place}H${right}`, class: "tb-plot-rule" }));
    group.append(textAt(cutMiddle(label, letters), left - 8, place + 4, "end", { class: "tb-plot-tick" }));
  }
  group.append(svg("path", { d: `M${left} ${bottom}H${right}`, class: "tb-plot-base" }));
  const zero = x.place(0);
  if (plot.y.scale === "band" && x.band === 0 && zero >= left && zero <= right)
    group.append(svg("path", { d: `M${zero} ${TOP}V${bottom}`, class: "tb-plot-base" }));
  for (const { at, label } of x.ticks)
    group.append(textAt(shorten(label, 16), x.place(at), bottom + 16, "middle", { class: "tb-plot-tick" }));
  group.append(
    textAt(shorten(plot.x.title, lettersIn(right - left)), (left + right) / 2, bottom + 36, "middle", {
      class: "tb-plot-title",
    }),
  );
  if (plot.y.title) {
    const middle = (TOP + bottom) / 2;
    group.append(
      textAt(shorten(plot.y.title, lettersIn(bottom - TOP)), 14, middle, "middle", {
        class: "tb-plot-title",
        transform: `rotate(-90 14 ${middle})`,
      }),
    );
  }
  return group;
}

export function textAt(text: string, x: number, y: number, anchor: string, more: Record<string, string>): SVGElement {
  const element = svg("text", { x, y, "text-anchor": anchor, ...more });
  element.textContent = text;
  return element;
}

/** How much of a title, or of a value, there is room for. */
export const lettersIn = (px: number) => Math.min(60, Math.floor(px / LETTER_PX));
