/** Parallel coordinates: where a value stands on its axis, and which runs pass all brushes. */
import type { Parallel, ParallelAxis } from "../bridge/plot";
import { formatTick } from "./axes";

/** A stretch of an axis, shares of its height from 0 (bottom) to 1. */
export type Brush = readonly [number, number];

/** 0 at the bottom, 1 at the top; halves first, since the span may overflow. */
export function shareOf({ low, high, log }: ParallelAxis, value: number): number {
  if (log) return (Math.log10(value) - Math.log10(low)) / (Math.log10(high) - Math.log10(low));
  return (value / 2 - low / 2) / (high / 2 - low / 2);
}

export function valueAt({ low, high, log, labels }: ParallelAxis, share: number): string {
  if (labels.length > 0) return labels[Math.round(share * Math.max(1, labels.length - 1))] ?? "";
  const value = log
    ? 10 ** (Math.log10(low) + share * (Math.log10(high) - Math.log10(low)))
    : (low / 2 + share * (high / 2 - low / 2)) * 2;
  return formatTick(Number(value.toPrecision(4)));
}

/** Indices of the runs that lie within every brush; all of them where there is none. */
export function passing({ axes, values }: Parallel, brushes: ReadonlyMap<number, Brush>): number[] {
  const wanted = [...brushes];
  return values.flatMap((row, index) =>
    wanted.every(([axis, [low, high]]) => {
      const value = row[axis];
      if (value == null) return false;
      const share = shareOf(axes[axis] as ParallelAxis, value);
      return share >= low - 1e-9 && share <= high + 1e-9;
    })
      ? [index]
      : [],
  );
}

/** A brush whose ends lie close to those of the axis takes them in: values lie there, and a hand hardly hits them. */
export function snapped(low: number, high: number): Brush {
  return [low < SNAP ? 0 : low, high > 1 - SNAP ? 1 : high];
}
const SNAP = 0.04;

/** A brush moved or widened by keys, within its axis; null where nothing is left of it. */
export function adjusted(brush: Brush | undefined, move: number, widen: number): Brush | null {
  const [low, high] = brush ?? [0.4, 0.6];
  const next: [number, number] = [low + move - widen, high + move + widen];
  if (next[1] - next[0] < 0.02) return null;
  const over = Math.max(0, next[1] - 1) + Math.min(0, next[0]);
  return widen === 0 ? [next[0] - over, next[1] - over] : [Math.max(0, next[0]), Math.min(1, next[1])];
}
