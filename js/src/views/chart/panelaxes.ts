/** The axes of a panel of curves, and what uPlot is told beside them. */
import type uPlot from "uplot";
import { formatTick } from "../../lib/axes";
import type { LineOptions } from "../../lib/lines";
import { formatElapsed } from "../../lib/time";
import { axisStyle, roundTicks } from "../canvas";

export interface Drawing {
  box: HTMLElement;
  /** panels of one name share their cross-hair */
  sync: string;
  height: number;
  /** the colour of a token of the design */
  colour(token: string): string;
  range(): [number, number];
  rangeY(): [number, number];
  onDraw(plot: uPlot): void;
  onCursor(plot: uPlot): void;
  onSelect(plot: uPlot): void;
}

/** How uPlot is to draw a panel; the lines themselves are drawn by `onDraw`. */
export function plotOptions(
  { box, sync, height, colour, range, rangeY, onDraw, onCursor, onSelect }: Drawing,
  { x, log, log_x }: LineOptions,
): uPlot.Options {
  const axis = axisStyle(box, (token) => () => colour(token));
  const labels = (_: uPlot, splits: number[]) => splits.map(formatTick);
  const labelsY = (_: uPlot, splits: number[]) =>
    splits.map((value) => (log && !isRound(value) ? "" : formatTick(value)));
  return {
    width: box.clientWidth,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: `${sync}-${x}`, scales: ["x", null] },
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
    },
    scales: {
      x: {
        time: x === "time",
        auto: false,
        range,
        ...(log_x && x !== "time" ? { distr: 4 as const } : {}),
      },
      y: {
        auto: false,
        range: rangeY,
        ...(log ? { distr: rangeY()[0] > 0 ? (3 as const) : (4 as const) } : {}),
      },
    },
    axes: [
      {
        ...axis,
        size: 20,
        space: 64,
        grid: { show: false },
        ...(x === "time" ? {} : { values: x === "step" ? labels : seconds }),
        ...(x === "step" && !log_x ? roundTicks(80, true) : {}),
      },
      {
        ...axis,
        size: 50,
        space: 28,
        values: labelsY,
        ...(log ? {} : roundTicks(30)),
      },
    ],
    series: [{}, { show: true, stroke: "transparent" }],
    hooks: {
      draw: [onDraw],
      setCursor: [onCursor],
      setSelect: [onSelect],
    },
  };
}

/** 1, 2 or 5 times a power of ten: the other ticks of a log axis are lines only. */
function isRound(value: number): boolean {
  const digits = Math.abs(value) / 10 ** Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  return value === 0 || [1, 2, 5].some((digit) => Math.abs(digits - digit) < 1e-6);
}

const seconds = (_: uPlot, splits: number[]) => splits.map((value) => formatElapsed(value * 1000));
