/** The columns of a wide table along x: where each begins, and which are in sight. */

export interface Track {
  width_px: number;
  /** share of the room that is left over */
  grow: number;
}

/** Left edges, one more than there are tracks; what room is left over is shared out by `grow`. */
export function edges(tracks: readonly Track[], room_px: number): number[] {
  const least = tracks.reduce((sum, track) => sum + track.width_px, 0);
  const shares = tracks.reduce((sum, track) => sum + track.grow, 0);
  const spare = shares > 0 ? Math.max(0, room_px - least) / shares : 0;
  const found = [0];
  let at = 0;
  for (const { width_px, grow } of tracks) {
    at += width_px + spare * grow;
    found.push(Math.floor(at + 1e-6)); // whole pixels, and the last track ends where the room does
  }
  return found;
}

/** Tracks [first, last) of which something lies between two places, with `spare` more on either side. */
export function tracksBetween(found: readonly number[], from_px: number, to_px: number, spare = 0): [number, number] {
  const count = found.length - 1;
  const first = Math.max(0, upper(found, from_px) - 1 - spare);
  const last = Math.min(count, lower(found, to_px) + spare);
  return [Math.min(first, count), Math.max(last, Math.min(first, count))];
}

/** The first index whose value is greater. */
function upper(values: readonly number[], wanted: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first index whose value is not less. */
function lower(values: readonly number[], wanted: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
