/** Lines as pixels: of many points in one column only those that can be seen are kept. */

/**
 * The path of a line as x, y, x, y, ...; NaN, NaN ends a stretch.  Where there are more points than columns each column
 * keeps its first, least, greatest and last, which draws the same picture.
 */
export function pixelPath(
  xs: readonly number[],
  ys: readonly number[],
  placeX: (x: number) => number,
  placeY: (y: number) => number,
  width: number,
): number[] {
  const dense = xs.length > 2 * width;
  const path: number[] = [];
  let column = Number.NaN;
  let [first, least, greatest, last] = [0, 0, 0, 0];
  let open = false;
  const flush = () => {
    if (Number.isNaN(column)) return;
    path.push(column, first);
    if (least !== first) path.push(column, least);
    if (greatest !== least) path.push(column, greatest);
    if (last !== greatest) path.push(column, last);
    column = Number.NaN;
  };
  for (let i = 0; i < xs.length; i += 1) {
    const value = ys[i] as number;
    const y = Number.isFinite(value) ? placeY(value) : Number.NaN;
    if (!Number.isFinite(y)) {
      flush();
      if (open) path.push(Number.NaN, Number.NaN);
      open = false;
      continue;
    }
    open = true;
    const x = placeX(xs[i] as number);
    if (!dense) {
      path.push(x, y);
      continue;
    }
    const at = Math.round(x);
    if (at === column) {
      if (y < least) least = y;
      if (y > greatest) greatest = y;
      last = y;
    } else {
      flush();
      column = at;
      first = least = greatest = last = y;
    }
  }
  flush();
  return path;
}

/** A straight map through two known places: what a linear axis does, without asking it for each point. */
export function straight(place: (value: number) => number, low: number, high: number): (value: number) => number {
  const slope = (place(high) - place(low)) / (high - low);
  const start = place(low);
  return Number.isFinite(slope) ? (value) => start + (value - low) * slope : place;
}
