/** Smoothing, clipping and bands of curves, as `charts/smoothing.py` computes them for pictures. */

/** Share of the values that clipping leaves out at each end. */
const CLIPPED = 0.02;
const BAND_POINTS = 240;

/**
 * The exponential moving average without its bias towards 0 at the beginning; `weight`, 0 to below 1, is what each step
 * keeps of the average so far.  What is not finite stays as it is and does not enter the average.
 */
export function smoothed(values: readonly number[], weight: number): number[] {
  if (!(weight > 0 && weight < 1)) return [...values];
  let average = 0;
  let known = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    known += 1;
    average = average * weight + value * (1 - weight);
    return average / (1 - weight ** known);
  });
}

/** From where to where the middle of these values lies; null where none is finite. */
export function clippedRange(values: readonly number[]): [number, number] | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  return [quantile(sorted, CLIPPED), quantile(sorted, 1 - CLIPPED)];
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const [a, b] = [sorted[low] as number, sorted[Math.min(sorted.length - 1, low + 1)] as number];
  return a + (b - a) * (at - low);
}

export interface Line {
  /** rising */
  x: number[];
  y: number[];
}

export interface Band {
  x: number[];
  mean: number[];
  /** one standard deviation (n - 1) below and above; the mean itself where there is one */
  low: number[];
  high: number[];
  n: number[];
}

/** Mean and spread of lines, read at common places between their points, none beyond its ends. */
export function bandOf(lines: readonly Line[]): Band {
  const band: Band = { x: [], mean: [], low: [], high: [], n: [] };
  const cursors = lines.map(() => 0);
  for (const x of gridOf(lines)) {
    const values: number[] = [];
    lines.forEach((line, i) => {
      const value = readAt(line, x, cursors, i);
      if (value !== null) values.push(value);
    });
    if (values.length === 0) continue;
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const spread = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
    band.x.push(x);
    band.mean.push(mean);
    band.low.push(mean - spread);
    band.high.push(mean + spread);
    band.n.push(values.length);
  }
  return band;
}

function gridOf(lines: readonly Line[]): number[] {
  const all = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
  if (all.length <= BAND_POINTS) return all;
  const [first, last] = [all[0] as number, all[all.length - 1] as number];
  return Array.from({ length: BAND_POINTS }, (_, i) => first + ((last - first) * i) / (BAND_POINTS - 1));
}

/** The line's value at x, in between by a straight line; null beyond its ends and in gaps.  Asked for rising x. */
function readAt({ x: xs, y: ys }: Line, x: number, cursors: number[], which: number): number | null {
  let i = cursors[which] as number;
  while (i + 1 < xs.length && (xs[i + 1] as number) <= x) i += 1;
  cursors[which] = i;
  const [x0, y0] = [xs[i], ys[i]];
  if (x0 === undefined || y0 === undefined || x < x0 || !Number.isFinite(y0)) return null;
  if (x0 === x) return y0;
  const [x1, y1] = [xs[i + 1], ys[i + 1]];
  if (x1 === undefined || y1 === undefined || !Number.isFinite(y1)) return null;
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** The index of the value nearest to x among rising xs; -1 for none. */
export function nearest(xs: readonly number[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) < x) low = middle;
    else high = middle;
  }
  if (xs.length === 0) return -1;
  return Math.abs((xs[low] as number) - x) <= Math.abs((xs[high] as number) - x) ? low : high;
}
