/** Parallel coordinates: where a value stands on its axis, and which runs pass all brushes. */
import type { Parallel, ParallelAxis } from "../bridge/plot";
import { formatTick, powers } from "./axes";
import { ticks } from "./scale";

/** A stretch of an axis, shares of its height from 0 (bottom) to 1. */
export type Brush = readonly [number, number];

/** 0 at the bottom, 1 at the top; halves first, since the span may overflow. */
export function shareOf({ low, high, log }: ParallelAxis, value: number): number {
  if (log) return (Math.log10(value) - Math.log10(low)) / (Math.log10(high) - Math.log10(low));
  return (value / 2 - low / 2) / (high / 2 - low / 2);
}

export function valueAt(axis: ParallelAxis, share: number): string {
  const { labels } = axis;
  if (labels.length > 0) return labels[Math.round(share * Math.max(1, labels.length - 1))] ?? "";
  return formatTick(rounded(axis, share));
}

const TICKS = 5;

/** What is written along an axis, each at its share: round numbers, or the labels that have room in so many lines. */
export function ticksOf(axis: ParallelAxis, lines: number): { label: string; share: number }[] {
  const { labels, low, high, log } = axis;
  if (labels.length > 0) {
    const every = Math.max(1, Math.ceil(labels.length / lines));
    return labels
      .map((label, i) => ({ label, share: i / Math.max(1, labels.length - 1) }))
      .filter((_, i) => i % every === 0);
  }
  const round = log ? powers(Math.log10(low), Math.log10(high), TICKS) : ticks(low, high, TICKS);
  const shown = round.length > 1 ? round : [low, high];
  return shown.map((value) => ({ label: formatTick(Number(value.toPrecision(4))), share: shareOf(axis, value) }));
}

function rounded({ low, high, log }: ParallelAxis, share: number): number {
  const value = log
    ? 10 ** (Math.log10(low) + share * (Math.log10(high) - Math.log10(low)))
    : (low / 2 + share * (high / 2 - low / 2)) * 2;
  return Number(value.toPrecision(4));
}

/** The ends of a brush as they can be typed again. */
export function endsOf(axis: ParallelAxis, [low, high]: Brush): [string, string] {
  return [String(rounded(axis, low)), String(rounded(axis, high))];
}

/** The brush of a typed range, null being an open end; undefined where it is all of the axis, or no range. */
export function brushOf(axis: ParallelAxis, from: number | null, to: number | null): Brush | undefined {
  const end = (value: number | null, open: number) => {
    if (value === null) return open;
    const share = axis.log && value <= 0 ? 0 : shareOf(axis, value);
    return Math.min(1 + BEYOND, Math.max(-BEYOND, share));
  };
  const [a, b] = [end(from, 0), end(to, 1)];
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return Number.isNaN(low + high) || (low <= 0 && high >= 1) ? undefined : [low, high];
}
/** Where a range lies that holds nothing of its axis. */
const BEYOND = 0.01;

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

/** Whether a place on the axis lies within the brush. */
export const holds = ([low, high]: Brush, share: number) => share >= low && share <= high;

/** A brush moved or widened by keys, within its axis; null where nothing is left of it. */
export function adjusted(brush: Brush | undefined, move: number, widen: number): Brush | null {
  const [low, high] = brush ?? [0.4, 0.6];
  const next: [number, number] = [low + move - widen, high + move + widen];
  if (next[1] - next[0] < 0.02) return null;
  const over = Math.max(0, next[1] - 1) + Math.min(0, next[0]);
  return widen === 0 ? [next[0] - over, next[1] - over] : [Math.max(0, next[0]), Math.min(1, next[1])];
}
