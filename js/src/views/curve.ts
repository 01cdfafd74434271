/**
 * One live curve on a canvas (uPlot): grows as points come, with a cross-hair that all curves of a card share.  Smoothed,
 * the raw points stay behind it, faint.
 */
import uPlot from "uplot";
import { formatTick } from "../lib/axes";
import type { Plotted } from "../lib/curves";
import { formatNumber, fullNumber } from "../lib/number";
import { extent, padded } from "../lib/scale";
import { smoothed } from "../lib/smoothing";
import { formatElapsed } from "../lib/time";
import { axisStyle, canDraw, moveCursor, resolved, roundTicks } from "./canvas";
import { h, user } from "./dom";

/** How curves are drawn. */
export interface Look {
  /** a log axis: what is not positive is left out */
  log: boolean;
  /** 0 to below 1 */
  smoothing: number;
}

export const PLAIN: Look = { log: false, smoothing: 0 };

export interface CurveView {
  readonly element: HTMLElement;
  update(data: Plotted, look?: Look): void;
  /** colours are read anew: the theme changed */
  repaint(): void;
  dispose(): void;
}

const HEIGHT = 132;

/** `sync` names the group of curves whose cross-hairs move together. */
export function curveView(title: string, fullTitle: string, sync: string): CurveView {
  const readout = h("span", { class: "tb-curve-readout" });
  const name = user(title);
  name.title = fullTitle;
  const plotBox = h("div", { class: "tb-curve-plot", tabindex: 0, onkeydown: (event: KeyboardEvent) => onKey(event) });
  const element = h("figure", { class: "tb-curve" }, h("figcaption", {}, name, readout), plotBox);
  let data: Plotted = { x: [], y: [], unit: "step" };
  let look = PLAIN;
  let drawn: uPlot.AlignedData = [[], [], []];
  let plot: uPlot | null = null;

  const describe = () => {
    const finite = data.y.filter((y): y is number => y !== null);
    const [low, high] = extent(finite) ?? [Number.NaN, Number.NaN];
    plotBox.setAttribute("role", "img");
    plotBox.setAttribute(
      "aria-label",
      `${fullTitle}: ${finite.length} points from ${formatNumber(low)} to ${formatNumber(high)}. Arrow keys move the cross-hair.`,
    );
  };
  const read = (index: number | null | undefined) => {
    const at = index ?? data.x.length - 1;
    const [x, y] = [data.x[at], data.y[at]];
    const value = y === null || y === undefined ? "–" : formatNumber(y);
    readout.replaceChildren(
      x === undefined
        ? ""
        : h("span", { class: "tb-curve-step" }, data.unit === "s" ? formatElapsed(x * 1000) : `step ${x}`),
      h("b", { title: y == null ? "" : fullNumber(y) }, value),
    );
  };
  const onKey = (event: KeyboardEvent) => {
    const last = data.x.length - 1;
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -last, End: last }[event.key];
    if (plot === null || step === undefined) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(last, (plot.cursor.idx ?? last) + step * (event.shiftKey ? 10 : 1)));
    moveCursor(plot, data.x[at] ?? 0, HEIGHT / 2);
  };
  const start = () => {
    if (plot !== null || plotBox.clientWidth === 0 || !canDraw()) return;
    plot = new uPlot(options(plotBox, sync, data.unit, look, read), drawn, plotBox);
  };
  const resize = new ResizeObserver(() => {
    if (plot === null) start();
    else if (plotBox.clientWidth > 0 && plot.width !== plotBox.clientWidth)
      plot.setSize({ width: plotBox.clientWidth, height: HEIGHT });
  });
  resize.observe(plotBox);
  plotBox.addEventListener("blur", () => plot && moveCursor(plot, null, 0));

  return {
    element,
    update(next, wanted = PLAIN) {
      if (plot !== null && (wanted.log !== look.log || next.unit !== data.unit)) {
        plot.destroy();
        plot = null;
      }
      [data, look] = [next, wanted];
      drawn = columns(data, look);
      describe();
      read(plot?.cursor.idx);
      if (plot === null) start();
      else plot.setData(drawn);
    },
    repaint: () => plot?.redraw(false, true),
    dispose() {
      resize.disconnect();
      plot?.destroy();
    },
  };
}

/** x, the curve, and behind a smoothed curve the raw one. */
function columns({ x, y }: Plotted, { log, smoothing }: Look): uPlot.AlignedData {
  const fit = log ? y.map((value) => (value !== null && value > 0 ? value : null)) : y;
  if (smoothing === 0) return [x, fit, fit.map(() => null)];
  const even = smoothed(
    fit.map((value) => value ?? Number.NaN),
    smoothing,
  );
  return [x, even.map((value) => (Number.isFinite(value) ? value : null)), fit];
}

function options(
  box: HTMLElement,
  sync: string,
  unit: Plotted["unit"],
  look: Look,
  read: (index: number | null | undefined) => void,
): uPlot.Options {
  const colour = (token: string) => () => resolved(box, token);
  const axis = axisStyle(box, colour);
  return {
    width: box.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: sync },
      drag: { x: false, y: false },
      points: { size: 7, width: 0, fill: colour("--tb-accent") },
    },
    scales: { x: { time: false, range: xRange }, y: look.log ? { distr: 3, range: logRange } : { range: yRange } },
    axes: [
      {
        ...axis,
        size: 20,
        space: 56,
        ...(unit === "step" ? roundTicks(56, true) : {}),
        grid: { show: false },
        values: (_, splits) => splits.map(formatTick),
      },
      {
        ...axis,
        size: 46,
        space: 32,
        ...(look.log ? {} : roundTicks(32)),
        values: (_, splits) => splits.map((at) => (at === null ? "" : formatTick(at))),
      },
    ],
    series: [
      {},
      {
        stroke: colour("--tb-accent"),
        width: 1.5,
        points: { show: few, size: 5, width: 0, fill: colour("--tb-accent") },
      },
      { stroke: colour("--tb-accent-faint"), width: 1, points: { show: false } },
    ],
    hooks: { setCursor: [(plot) => read(plot.cursor.idx)] },
  };
}

const xRange = (_: uPlot, low: number | null, high: number | null): [number, number] =>
  low === null || high === null ? [0, 1] : low === high ? [low - 1, high + 1] : [low, high];
const yRange = (_: uPlot, low: number | null, high: number | null): [number, number] =>
  low === null || high === null ? [0, 1] : padded([low, high]);

const logRange = (_: uPlot, low: number | null, high: number | null): [number, number] =>
  low === null || high === null || !(low > 0) ? [1, 10] : (uPlot.rangeLog(low, high, 10, false) as [number, number]);

/** Single points would be invisible as a line. */
const few = (plot: uPlot): boolean => (plot.data[0]?.length ?? 0) <= 2;
