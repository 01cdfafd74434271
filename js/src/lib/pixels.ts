/** Lines as pixels: of many points in one column only those that can be seen are kept. */

/**
 * The path of a line as x, y, x, y, ...; NaN, NaN ends a stretch.  Where there are more points than columns each column
 * keeps its least and its greatest, in the order in which they came: spikes stay.
 */
export function pixelPath(
  xs: readonly number[],
  ys: readonly number[],
  placeX: (x: number) => number,
  placeY: (y: number) => number,
  width: number,
): number[] {
  const dense = xs.length > width;
  const path: number[] = [];
  let column = Number.NaN;
  let [least, greatest] = [0, 0];
  let rises = true;
  let open = false;
  const flush = () => {
    if (Number.isNaN(column)) return;
    path.push(column, rises ? least : greatest);
    if (least !== greatest) path.push(column, rises ? greatest : least);
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
      if (y < least) [least, rises] = [y, false];
      if (y > greatest) [greatest, rises] = [y, true];
    } else {
      flush();
      column = at;
      least = greatest = y;
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
