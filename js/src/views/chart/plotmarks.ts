/** The marks of a plot as SVG: boxes, lines and points, and which of them can be pointed at. */
import type { Plot, PlotLine, PlotPoints } from "../../bridge/plot";
import { type AxisScale, shadeColour } from "../../lib/axes";
import { PALETTE, type RunColours } from "../../lib/runcolours";
import { shorten } from "../../lib/text";
import { svg } from "../dom";
import { lettersIn, textAt } from "./plotaxes";

/** Something that can be pointed at. */
export interface Target {
  x: number;
  y: number;
  /** px on each side of its middle that it takes itself */
  half: [number, number];
  label: string;
  run: string | null;
}

interface Ground {
  plot: Plot;
  looks: RunColours;
  x: AxisScale;
  y: AxisScale;
  /** px beyond the marks at the right */
  beyond: number;
}

interface Drawn {
  group: SVGElement;
  targets: Target[];
}

/** px of a point */
export const RADIUS = 4;
/** px: how far from a mark it is still pointed at; how near a point wins over the box around it */
const [NEAR_PX, WINS_PX] = [24, 8];
/** px between a box and what stands beyond it */
const BESIDE_PX = 6;
const INK_TURNS = 0.55;

export const colourOf = (series: number) => PALETTE[series % PALETTE.length] as string;

/** Boxes below lines below points. */
export function marksOf(ground: Ground): { groups: SVGElement[]; targets: Target[] } {
  const boxes = rects(ground);
  const sets = ground.plot.points.map((one) => points(one, ground));
  return {
    groups: [boxes.group, lines(ground), ...sets.map(({ group }) => group)],
    targets: [boxes, ...sets].flatMap((one) => one.targets),
  };
}

function rects({ plot, looks, x, y, beyond }: Ground): Drawn {
  const targets: Target[] = [];
  const group = svg("g", {});
  for (const one of plot.rects)
    one.x0.forEach((x0, i) => {
      const [left, right] = ordered(x.place(x0), x.place(one.x1[i] as number));
      const [top, bottom] = ordered(y.place(one.y0[i] as number), y.place(one.y1[i] as number));
      const shade = one.shades[i];
      const share = plot.shade?.share === true;
      const own = one.run === null ? colourOf(one.series) : looks.colour(one.run);
      const fill = shade === undefined || share ? own : shadeColour(shade);
      const faint = looks.pointedAt !== null && one.run !== null && one.run !== looks.pointedAt;
      const plain = plot.points.length > 0 || faint ? 0.4 : 0.85;
      const opacity = shade === undefined ? plain : share ? 0.06 + 0.94 * shade : 1;
      const size = {
        width: Math.max(0.5, right - left - (one.labels.length ? 1 : -0.6)),
        height: Math.max(0.5, bottom - top - (one.labels.length ? Number(shade !== undefined) : -0.6)),
      };
      const [cx, cy] = [(left + right) / 2, (top + bottom) / 2];
      const end = shorten(one.ends[i] ?? "", lettersIn(beyond - BESIDE_PX));
      if (end !== "") group.append(textAt(end, right + BESIDE_PX, cy + 4, "start", { class: "tb-plot-end" }));
      const isBare = x0 === one.x1[i] || one.y0[i] === one.y1[i];
      if (!isBare) group.append(svg("rect", { x: left, y: top, ...size, fill, "fill-opacity": opacity }));
      const text = one.texts[i];
      if (text !== undefined && size.width > 14) {
        const ink = shade !== undefined && shade > INK_TURNS ? "#fff" : "currentColor";
        group.append(textAt(text, cx, cy + 4, "middle", { fill: ink, class: "tb-plot-value" }));
      }
      const label = one.labels[i];
      const half: [number, number] = [(right - left) / 2, (bottom - top) / 2];
      if (label !== undefined) targets.push({ x: cx, y: cy, half, label, run: one.run });
    });
  return { group, targets };
}

function lines({ plot, looks, x, y }: Ground): SVGElement {
  const group = svg("g", { fill: "none" });
  const isPointed = (line: PlotLine) => line.run !== null && line.run === looks.pointedAt;
  for (const line of [...plot.lines].sort((a, b) => Number(isPointed(a)) - Number(isPointed(b)))) {
    if (line.run !== null && !looks.isVisible(line.run)) continue;
    const d = line.x
      .map((value, i) => `${i ? "L" : "M"}${x.place(value).toFixed(1)} ${y.place(line.y[i] as number).toFixed(1)}`)
      .join("");
    const stroke = line.quiet ? "currentColor" : line.run === null ? colourOf(line.series) : looks.colour(line.run);
    const faint = looks.pointedAt !== null && !isPointed(line) && !line.quiet;
    const dash = line.run === null ? [] : looks.dash(line.run);
    const drawn = svg("path", {
      d,
      stroke,
      "stroke-width": line.quiet ? 1 : 1.8,
      "stroke-opacity": line.quiet ? 0.5 : faint ? 0.3 : 1,
      "stroke-linejoin": "round",
    });
    if (line.quiet && line.name) drawn.setAttribute("stroke-dasharray", "4 4");
    else if (dash.length) drawn.setAttribute("stroke-dasharray", dash.join(" "));
    group.append(drawn);
  }
  return group;
}

function points(one: PlotPoints, { looks, x, y }: Ground): Drawn {
  const targets: Target[] = [];
  const group = svg("g", {});
  one.x.forEach((value, i) => {
    const run = one.runs[i] ?? null;
    if (run !== null && !looks.isVisible(run)) return;
    const [cx, cy] = [x.place(value), y.place(one.y[i] as number)];
    const fill =
      one.tone === "shade"
        ? inkedShade(one.shades[i] ?? 0)
        : one.tone === "series"
          ? colourOf(one.series)
          : one.tone === "ink" || run === null
            ? "currentColor"
            : looks.colour(run);
    const big = run !== null && run === looks.pointedAt;
    group.append(
      svg("circle", {
        cx,
        cy,
        r: one.tone === "ink" ? 3 : big ? RADIUS + 2 : RADIUS,
        fill,
        class: `tb-plot-point tb-plot-${one.tone}`,
      }),
    );
    targets.push({ x: cx, y: cy, half: [0, 0], label: one.labels[i] ?? "", run });
  });
  return { group, targets };
}

/** The target at a place, or near it; -1 for none. */
export function nearestTo(targets: readonly Target[], x: number, y: number): number {
  let best = -1;
  let least = NEAR_PX ** 2;
  targets.forEach((target, i) => {
    const beside = (at: number, middle: number, half: number) => Math.max(0, Math.abs(at - middle) - half);
    const [wide, high] = target.half;
    const floor = wide > 0 || high > 0 ? WINS_PX ** 2 : 0;
    const distance = floor + beside(x, target.x, wide) ** 2 + beside(y, target.y, high) ** 2;
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

export const ordered = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a]);

/** A shade that a thin line or a point can have on a light ground and on a dark one. */
export const inkedShade = (share: number) => `color-mix(in srgb, ${shadeColour(share)} 76%, var(--tb-ink-0))`;
