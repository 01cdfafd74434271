/** From curves as they are stored to lines as they are drawn: the axis chosen, in rising order, smoothed, in bands. */
import type { ChartRun, CurveSeries } from "../bridge/chart";
import { Curves } from "./curves";
import { extent, padded } from "./scale";
import { type Band, bandOf, clippedRange, type Line, smoothed } from "./smoothing";

export type AxisX = "step" | "time" | "relative";

export interface LineOptions {
  x: AxisX;
  log: boolean;
  log_x: boolean;
  /** weight of the moving average, 0 for none */
  smoothing: number;
  clip: boolean;
  /** means and bands of groups in the place of runs */
  grouped: boolean;
}

export interface DrawnRun extends Line {
  run_id: string;
  name: string;
  /** before smoothing; the same as `y` without */
  raw: number[];
}

export interface DrawnGroup {
  group: string;
  runs: number;
  band: Band;
}

/** The curves of several runs and keys. */
export class RunCurves {
  private readonly curves = new Curves();
  private readonly counts = new Map<string, number>();

  replace(series: readonly CurveSeries[]): void {
    this.curves.replace(series.map((one) => ({ ...one, key: nameOf(one.run_id, one.key) })));
    for (const one of series) this.counts.set(nameOf(one.run_id, one.key), one.count);
  }

  append(series: readonly CurveSeries[]): void {
    this.curves.append(series.map((one) => ({ ...one, key: nameOf(one.run_id, one.key) })));
    for (const one of series) {
      const name = nameOf(one.run_id, one.key);
      this.counts.set(name, (this.counts.get(name) ?? 0) + one.count);
    }
  }

  /** Points that were logged, as far as is known. */
  count(run_id: string, key: string): number {
    return this.counts.get(nameOf(run_id, key)) ?? 0;
  }

  /** Points that are held of a curve: two at least, where more than one was logged. */
  held(run_id: string, key: string): number {
    return this.curves.get(nameOf(run_id, key))?.values.length ?? 0;
  }

  /** One run's curve along the axis; null where it has none. */
  line(run: ChartRun, key: string, { x, smoothing }: LineOptions): DrawnRun | null {
    const curve = this.curves.get(nameOf(run.run_id, key));
    if (curve === undefined || curve.values.length === 0) return null;
    const at =
      x === "step" ? curve.steps : curve.times.map((time) => (time - (x === "relative" ? run.start_ms : 0)) / 1000);
    const { xs, values } = rising(at, curve.values);
    return {
      run_id: run.run_id,
      name: run.name,
      x: xs,
      raw: values,
      y: smoothing > 0 ? smoothed(values, smoothing) : values,
    };
  }

  /** Whether nobody gave steps: then time says more. */
  isStepless(runs: readonly ChartRun[], keys: readonly string[]): boolean {
    const curves = runs.flatMap((run) => keys.map((key) => this.curves.get(nameOf(run.run_id, key))));
    const long = curves.filter((curve) => curve !== undefined && curve.steps.length > 1);
    return long.length > 0 && long.every((curve) => curve?.steps.every((step) => step === curve.steps[0]));
  }
}

const nameOf = (run_id: string, key: string) => `${run_id}\n${key}`;

/** Copies nothing where all is in order, as it nearly always is. */
function rising(at: number[], values: number[]): { xs: number[]; values: number[] } {
  if (at.every((x, i) => i === 0 || x >= (at[i - 1] as number))) return { xs: at, values };
  const order = at.map((_, i) => i).sort((a, b) => (at[a] as number) - (at[b] as number));
  return { xs: order.map((i) => at[i] as number), values: order.map((i) => values[i] as number) };
}

/** Mean and band of each group, in the order in which groups come; runs without a group make one together. */
export function groupsOf(runs: readonly ChartRun[], lines: readonly DrawnRun[]): DrawnGroup[] {
  const members = new Map<string, DrawnRun[]>();
  for (const line of lines) {
    const group = groupOf(runs, line.run_id);
    members.set(group, [...(members.get(group) ?? []), line]);
  }
  return [...members].map(([group, some]) => ({ group, runs: some.length, band: bandOf(some) }));
}

export const ALL = "all runs";

export function groupOf(runs: readonly ChartRun[], run_id: string): string {
  return runs.find((run) => run.run_id === run_id)?.group ?? ALL;
}

/** From where to where lines lie along x; null where there is nothing. */
export function extentX(lines: readonly Line[]): [number, number] | null {
  return extent(
    lines.flatMap((line) => (line.x.length ? [line.x[0] as number, line.x[line.x.length - 1] as number] : [])),
  );
}

/** The range of the y axis for what lies within x, with some air; without the outer values where these are clipped. */
export function rangeY(
  lines: readonly Drawn[],
  within: readonly [number, number],
  { log, clip, smoothing }: LineOptions,
): [number, number] {
  const found = clip
    ? clippedRange(valuesWithin(lines, within, smoothing > 0))
    : extentWithin(lines, within, smoothing > 0);
  if (found === null) return [0, 1];
  if (!log) return padded(found);
  const positive = found[0] > 0;
  if (!positive) return padded(found);
  return found[0] === found[1] ? [found[0] / 2, found[1] * 2] : [found[0] / 1.1, found[1] * 1.1];
}

type Drawn = { x: number[]; raw: number[]; y: number[] };

function valuesWithin(lines: readonly Drawn[], [low, high]: readonly [number, number], withRaw: boolean): number[] {
  const values: number[] = [];
  for (const { x, y, raw } of lines)
    for (let i = 0; i < x.length; i += 1) {
      if ((x[i] as number) < low || (x[i] as number) > high) continue;
      values.push(y[i] as number);
      if (withRaw) values.push(raw[i] as number);
    }
  return values;
}

/** The extent of the same, without a list of them: it is asked for at each live update. */
function extentWithin(
  lines: readonly Drawn[],
  [from, to]: readonly [number, number],
  withRaw: boolean,
): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { x, y, raw } of lines)
    for (const values of withRaw ? [y, raw] : [y])
      for (let i = 0; i < x.length; i += 1) {
        const value = values[i] as number;
        if ((x[i] as number) < from || (x[i] as number) > to || !Number.isFinite(value)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
  return low <= high ? [low, high] : null;
}

/** A range moved or scaled about its middle, within the whole. */
export function zoomed(
  range: readonly [number, number],
  whole: readonly [number, number],
  factor: number,
  shift: number,
): [number, number] | null {
  const span = (range[1] - range[0]) * factor;
  if (!(span < whole[1] - whole[0])) return null;
  const middle = (range[0] + range[1]) / 2 + shift * (range[1] - range[0]);
  const low = Math.min(Math.max(middle - span / 2, whole[0]), whole[1] - span);
  return [low, low + span];
}
