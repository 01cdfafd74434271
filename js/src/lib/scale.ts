/** From values to places: extents, axis ticks and sparklines. */

/** Least and greatest finite value; null where there is none. */
export function extent(values: Iterable<number>): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** An extent with air on both sides; a constant gets some around it, so that its line lies in the middle. */
export function padded([low, high]: [number, number], share = 0.08): [number, number] {
  const span = high - low;
  const air = span > 0 ? span * share : Math.abs(high) * 0.1 || 1;
  return Number.isFinite(span) ? [low - air, high + air] : [low, high];
}

/** About `count` round numbers within [low, high]: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough / power >= 5 ? 10 : rough / power >= 2 ? 5 : rough / power >= 1 ? 2 : 1);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Digits after the point that ticks of this step need. */
export function tickDigits(step: number): number {
  return step > 0 && Number.isFinite(step) ? Math.min(10, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) : 0;
}

/**
 * The `d` of an SVG path through values at even distances, within width x height with `inset` px left free.
 * Values that are not finite leave a gap; the empty string where nothing can be drawn.
 */
export function sparkline(values: readonly number[], width: number, height: number, inset = 1.5): string {
  const range = extent(values);
  if (range === null || values.length < 2) return "";
  const [low, high] = range;
  const dx = (width - 2 * inset) / (values.length - 1);
  const y = (value: number) =>
    high > low ? inset + ((high - value) / (high - low)) * (height - 2 * inset) : height / 2;
  let path = "";
  let pen = false;
  values.forEach((value, i) => {
    if (Number.isFinite(value)) path += `${pen ? "L" : "M"}${(inset + i * dx).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = Number.isFinite(value);
  });
  return path;
}

/** At most `2 * buckets` of the values, each bucket's least and greatest, in their order. */
export function thin(values: readonly number[], buckets: number): number[] {
  return thinIndices(values, buckets).map((i) => values[i] as number);
}

/** The indices of `thin`. */
export function thinIndices(values: readonly number[], buckets: number): number[] {
  const n = values.length;
  if (n <= 2 * buckets) return values.map((_, i) => i);
  const kept: number[] = [];
  for (let b = 0; b < buckets; b += 1) {
    const from = Math.floor((b * n) / buckets);
    const to = Math.floor(((b + 1) * n) / buckets);
    let low = from;
    let high = from;
    for (let i = from + 1; i < to; i += 1) {
      if ((values[i] as number) < (values[low] as number)) low = i;
      if ((values[i] as number) > (values[high] as number)) high = i;
    }
    kept.push(...(low === high ? [low] : [Math.min(low, high), Math.max(low, high)]));
  }
  return kept;
}
