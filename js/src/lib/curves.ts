/** The curves of one run as the browser holds them: pieces are appended while it goes on, and thinned when they grow long. */
import type { CurvePiece } from "../bridge/payloads";
import { toNumber } from "./number";
import { thinIndices } from "./scale";

/** Columns of equal length, in the order of logging. */
export interface Curve {
  key: string;
  steps: number[];
  times: number[];
  values: number[];
}

const LIMIT = 8000;
const BUCKETS = 1500;

export class Curves {
  private readonly byKey = new Map<string, Curve>();

  keys(): string[] {
    return [...this.byKey.keys()];
  }

  get(key: string): Curve | undefined {
    return this.byKey.get(key);
  }

  /** What the store answered takes the place of what was held, but points that arrived later stay. */
  replace(pieces: readonly CurvePiece[]): void {
    for (const piece of pieces) {
      const fresh = curveOf(piece);
      const held = this.byKey.get(piece.key);
      this.byKey.set(piece.key, fresh);
      if (held !== undefined) append(fresh, held);
    }
  }

  append(pieces: readonly CurvePiece[]): void {
    for (const piece of pieces) {
      const held = this.byKey.get(piece.key);
      if (held === undefined) this.byKey.set(piece.key, curveOf(piece));
      else append(held, curveOf(piece));
    }
  }
}

function curveOf({ key, steps, times, values }: CurvePiece): Curve {
  return { key, steps: [...steps], times: [...times], values: values.map(toNumber) };
}

/** Points that `held` has already (no later, or as late and no further on) are skipped. */
function append(held: Curve, more: Curve): void {
  const time = held.times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const step = held.steps.at(-1) ?? Number.NEGATIVE_INFINITY;
  more.times.forEach((t, i) => {
    const s = more.steps[i] as number;
    if (t < time || (t === time && s <= step)) return;
    held.steps.push(s);
    held.times.push(t);
    held.values.push(more.values[i] as number);
  });
  if (held.values.length > LIMIT) shrink(held);
}

function shrink(curve: Curve): void {
  const kept = thinIndices(curve.values, BUCKETS);
  for (const name of ["steps", "times", "values"] as const) {
    const column = curve[name];
    curve[name] = kept.map((i) => column[i] as number);
  }
}

/** A curve ready for drawing: x in rising order, a gap (null) where a value is not finite. */
export function plotted(curve: Curve): { x: number[]; y: (number | null)[] } {
  const gap = (value: number) => (Number.isFinite(value) ? value : null);
  const rising = curve.steps.every((step, i) => i === 0 || step >= (curve.steps[i - 1] as number));
  if (rising) return { x: curve.steps, y: curve.values.map(gap) };
  const order = curve.steps.map((_, i) => i).sort((a, b) => (curve.steps[a] as number) - (curve.steps[b] as number));
  return { x: order.map((i) => curve.steps[i] as number), y: order.map((i) => gap(curve.values[i] as number)) };
}

/**
 * Keys in groups by what stands before their first "/": "train/loss" -> "train".
 * A prefix with a single key makes no group: such keys stand first, with those that have none, under their whole names.
 */
export function groupKeys(keys: readonly string[]): { prefix: string; keys: string[] }[] {
  const prefixOf = (key: string) => key.slice(0, Math.max(0, key.indexOf("/")));
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(prefixOf(key), (counts.get(prefixOf(key)) ?? 0) + 1);
  const groups = new Map<string, string[]>([["", []]]);
  for (const key of keys) {
    const prefix = counts.get(prefixOf(key)) === 1 ? "" : prefixOf(key);
    groups.set(prefix, [...(groups.get(prefix) ?? []), key]);
  }
  return [...groups].map(([prefix, members]) => ({ prefix, keys: members })).filter((group) => group.keys.length > 0);
}
