/** What stands around the marks of a plot: its size, the room of its axes, ticks and titles. */
import type { Plot, PlotAxis } from "../../bridge/plot";
import type { AxisScale } from "../../lib/axes";
import { svg } from "../dom";

/** px around the marks */
export const [TOP, RIGHT, BOTTOM] = [10, 14, 44];

export function heightOf(plot: Plot): number {
  return plot.y.scale === "band" ? Math.min(520, TOP + BOTTOM + Math.max(3, plot.y.labels.length) * 26) : 300;
}

/** px that the names at the left take */
export function leftOf(axis: PlotAxis, width: number): number {
  const longest = Math.max(0, ...axis.labels.map((label) => label.length));
  return axis.scale === "band" ? Math.min(width * 0.4, 28 + longest * 7) : 64;
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
  for (const { at, label } of y.ticks) {
    const place = y.place(at);
    if (plot.y.scale !== "band") group.append(svg("path", { d: `M${left} ${place}H${right}`, class: "tb-plot-rule" }));
    group.append(textAt(shortened(label, 22), left - 8, place + 4, "end", { class: "tb-plot-tick" }));
  }
  group.append(svg("path", { d: `M${left} ${bottom}H${right}`, class: "tb-plot-base" }));
  for (const { at, label } of x.ticks)
    group.append(textAt(shortened(label, 16), x.place(at), bottom + 16, "middle", { class: "tb-plot-tick" }));
  group.append(
    textAt(shortened(plot.x.title, 60), (left + right) / 2, bottom + 36, "middle", { class: "tb-plot-title" }),
  );
  if (plot.y.title) {
    const middle = (TOP + bottom) / 2;
    group.append(
      textAt(shortened(plot.y.title, 40), 14, middle, "middle", {
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

const shortened = (text: string, limit: number) => (text.length > limit ? `${text.slice(0, limit - 1)}…` : text);
