/**
 * Metrics that have one value a run, as bars: a curve of one point says nothing.  `charts/bars.py` draws the same.
 *
 * With groups there is a bar for each group's mean, and a rule of one standard deviation on each side.  What is not
 * finite has no bar and is written in its place.
 */
import type { ChartRun } from "../bridge/chart";
import type { Plot, PlotAxis, PlotLine, PlotRects } from "../bridge/plot";
import { type DrawnRun, groupOf } from "./lines";
import { formatNumber } from "./number";
import { spreadText, withoutNoise } from "./stats";

/** Half of a bar, in rows. */
const THICK = 0.36;

export interface BarsOptions {
  log: boolean;
  grouped: boolean;
}

interface Bar {
  name: string;
  run: string | null;
  series: number;
  value: number;
  /** one standard deviation on each side of a mean; null without, and where its squares are too great for a number */
  spread: number | null;
  said: string;
}

/** Whether no run has more than one point of a metric, and one that has a point has ended: else a line may come of it. */
export function isSingle(points: readonly { count: number; running: boolean }[]): boolean {
  const some = points.filter(({ count }) => count > 0);
  return some.some(({ running }) => !running) && some.every(({ count }) => count === 1);
}

/** The bars of one metric, from above to below, named at the left. */
export function barsPlot(runs: readonly ChartRun[], lines: readonly DrawnRun[], { log, grouped }: BarsOptions): Plot {
  const bars = grouped ? barsOfGroups(runs, lines) : lines.map(barOfRun);
  const values = bars.map(({ value }) => value).filter(Number.isFinite);
  const base = log && values.length > 0 && values.every((value) => value > 0) ? below(Math.min(...values)) : 0;
  const scale = !log ? "linear" : base > 0 ? "log" : "symlog";
  const low = values.some((value) => value < base) ? null : base;
  const x: PlotAxis = { title: "", scale, labels: [], low, high: null };
  const y: PlotAxis = {
    title: "",
    scale: "band",
    labels: bars.map(({ name }) => name).reverse(),
    low: null,
    high: null,
  };
  const places = bars.map((bar, i) => ({ bar, at: bars.length - 1 - i }));
  return {
    x,
    y,
    points: [],
    rects: places.map(({ bar, at }) => rectOf(bar, at, base)),
    lines: places.flatMap(({ bar, at }) => rulesOf(bar, at, base)),
    shade: null,
    square: false,
  };
}

function barOfRun({ run_id, name, raw }: DrawnRun): Bar {
  const value = raw[0] ?? Number.NaN;
  return { name, run: run_id, series: 0, value, spread: null, said: formatNumber(value) };
}

function barsOfGroups(runs: readonly ChartRun[], lines: readonly DrawnRun[]): Bar[] {
  const members = new Map<string, number[]>();
  for (const line of lines) {
    const group = groupOf(runs, line.run_id);
    members.set(group, [...(members.get(group) ?? []), line.raw[0] ?? Number.NaN]);
  }
  return [...members].map(([name, all], series) => {
    const values = all.filter(Number.isFinite);
    const n = values.length;
    const value = n === 0 ? Number.NaN : meanOf(values);
    const squares = sumOf(values.map((one) => (one - value) ** 2));
    const isKnown = n > 1 && Number.isFinite(squares);
    const spread = isKnown ? withoutNoise(Math.sqrt(squares / (n - 1)), value) : null;
    const about = spread === null ? "" : ` ± ${spreadText(spread)}`;
    return { name, run: null, series, value, spread, said: `${formatNumber(value)}${about}, n = ${n}` };
  });
}

const sumOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0);

/** Divided before they are added only where their sum is too great for a number: it rounds each of them. */
function meanOf(values: readonly number[]): number {
  const mean = sumOf(values) / values.length;
  return Number.isFinite(mean) ? mean : sumOf(values.map((one) => one / values.length));
}

/** A bar, and behind it a place where its value stands. */
function rectOf({ name, run, series, value, spread, said }: Bar, at: number, base: number): PlotRects {
  const end = Number.isFinite(value) ? value : base;
  const edge = Math.max(base, end + (spread ?? 0));
  const [y0, y1] = [at - THICK, at + THICK];
  return {
    x0: [Math.min(base, end), edge],
    x1: [Math.max(base, end), edge],
    y0: [y0, y0],
    y1: [y1, y1],
    labels: [`${name}: ${said}`],
    texts: [],
    ends: ["", said],
    shades: [],
    run,
    series,
  };
}

function rulesOf({ value, spread }: Bar, at: number, base: number): PlotLine[] {
  if (spread === null) return [];
  const low = base > 0 ? Math.max(base, value - spread) : value - spread;
  return [{ x: [low, value + spread], y: [at, at], name: "", run: null, start_ms: 0, series: 0, quiet: true }];
}

/** The power of ten below a value. */
const below = (value: number) => Number(`1e${Math.ceil(Math.log10(value)) - 1}`);
