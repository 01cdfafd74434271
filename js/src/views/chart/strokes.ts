/** Lines and bands of runs on a canvas. */
import uPlot from "uplot";
import type { DrawnGroup, DrawnRun } from "../../lib/lines";
import { pixelPath, straight } from "../../lib/pixels";
import { DASHES, PALETTE, type RunColours } from "../../lib/runcolours";

const FAINT = 0.22;
/** px, its radius */
const DOT_PX = 2;

export const groupColour = (at: number) => PALETTE[at % PALETTE.length] as string;

/** Draws within the plot's axes; a dot on one of them is whole. */
export function withinAxes({ ctx, bbox }: uPlot, draw: () => void): void {
  const air = DOT_PX * uPlot.pxRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - air, bbox.top - air, bbox.width + 2 * air, bbox.height + 2 * air);
  ctx.clip();
  ctx.lineJoin = "bevel";
  draw();
  ctx.restore();
}

/** Each run's line, the one that is pointed at above the others; `smooth`: its raw values behind it. */
export function paintRuns(plot: uPlot, lines: readonly DrawnRun[], looks: RunColours, smooth: boolean): void {
  const isPointed = (line: DrawnRun) => line.run_id === looks.pointedAt;
  const ordered = [...lines].sort((a, b) => Number(isPointed(a)) - Number(isPointed(b)));
  const anyPointed = ordered.some(isPointed);
  for (const line of ordered) {
    const style = {
      colour: looks.colour(line.run_id),
      dash: looks.dash(line.run_id),
      width: isPointed(line) ? 2.4 : 1.5,
    };
    if (smooth) stroke(plot, line.x, line.raw, { ...style, dash: [], width: 1 }, FAINT);
    stroke(plot, line.x, line.y, style, anyPointed && !isPointed(line) ? FAINT + 0.1 : 1);
  }
}

interface Stroke {
  colour: string;
  dash: readonly number[];
  width: number;
}

/** A line through finite points; one without neighbours is a dot, and so is each of a few. */
function stroke(
  plot: uPlot,
  xs: readonly number[],
  ys: readonly number[],
  { colour, dash, width }: Stroke,
  alpha: number,
): void {
  const { ctx } = plot;
  const ratio = uPlot.pxRatio;
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = width * ratio;
  ctx.setLineDash(dash.map((length) => length * ratio));
  const path = pixelPath(xs, ys, placer(plot, "x"), placer(plot, "y"), plot.bbox.width);
  const few = path.length <= 80;
  ctx.beginPath();
  const dots: number[] = [];
  let pen = false;
  for (let i = 0; i < path.length; i += 2) {
    const [x, y] = [path[i] as number, path[i + 1] as number];
    if (Number.isNaN(x)) {
      pen = false;
      continue;
    }
    if (pen) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    if (few || (!pen && Number.isNaN(path[i + 2] ?? Number.NaN))) dots.push(x, y);
    pen = true;
  }
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  for (let i = 0; i < dots.length; i += 2) {
    const [x, y] = [dots[i] as number, dots[i + 1] as number];
    ctx.moveTo(x + DOT_PX * ratio, y);
    ctx.arc(x, y, DOT_PX * ratio, 0, 2 * Math.PI);
  }
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** From a value to a pixel of the canvas. */
function placer(plot: uPlot, axis: "x" | "y"): (value: number) => number {
  const place = (value: number) => plot.valToPos(value, axis, true);
  const { distr, min, max } = plot.scales[axis] as uPlot.Scale;
  return (distr ?? 1) <= 2 && min != null && max != null ? straight(place, min, max) : place;
}

/** A group's mean, within the band of its spread. */
export function paintGroup(plot: uPlot, { band }: DrawnGroup, at: number): void {
  const { ctx } = plot;
  const colour = groupColour(at);
  const edge = (i: number, y: number) =>
    ctx.lineTo(plot.valToPos(band.x[i] as number, "x", true), plot.valToPos(y, "y", true));
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = colour;
  ctx.beginPath();
  for (let i = 0; i < band.x.length; i += 1) edge(i, band.high[i] as number);
  for (let i = band.x.length - 1; i >= 0; i -= 1) edge(i, band.low[i] as number);
  ctx.fill();
  const dash = DASHES[Math.floor(at / PALETTE.length) % DASHES.length] as readonly number[];
  stroke(plot, band.x, band.mean, { colour, dash, width: 1.8 }, 1);
}
