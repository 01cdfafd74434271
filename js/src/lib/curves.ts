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
  /** the last point that the store answered with: what comes live and is no later is known already */
  until: { time: number; step: number };
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
      fresh.until = latest(fresh);
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
  const until = { time: Number.NEGATIVE_INFINITY, step: Number.NEGATIVE_INFINITY };
  return { key, steps: [...steps], times: [...times], values: values.map(toNumber), until };
}

/** The point of the latest time; of those, the greatest step. */
function latest({ times, steps }: Curve): Curve["until"] {
  let [time, step] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  times.forEach((t, i) => {
    const s = steps[i] as number;
    if (t > time || (t === time && s > step)) [time, step] = [t, s];
  });
  return { time, step };
}

/** Points that the store's answer held already (no later, or as late and no further on) are skipped. */
function append(held: Curve, more: Curve): void {
  const { time, step } = held.until;
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

export interface Plotted {
  /** in rising order */
  x: number[];
  /** null, a gap, where a value is not finite */
  y: (number | null)[];
  /** seconds since the first point where all steps are the same, as they are when nobody gave any */
  unit: "step" | "s";
}

/** A curve ready for drawing. */
export function plotted(curve: Curve): Plotted {
  const stepless = curve.steps.length > 1 && curve.steps.every((step) => step === curve.steps[0]);
  const start = curve.times[0] ?? 0;
  return stepless
    ? {
        ...sorted(
          curve.times.map((time) => (time - start) / 1000),
          curve.values,
        ),
        unit: "s",
      }
    : { ...sorted(curve.steps, curve.values), unit: "step" };
}

function sorted(xs: readonly number[], values: readonly number[]): Pick<Plotted, "x" | "y"> {
  const gap = (value: number) => (Number.isFinite(value) ? value : null);
  const rising = xs.every((x, i) => i === 0 || x >= (xs[i - 1] as number));
  if (rising) return { x: [...xs], y: values.map(gap) };
  const order = xs.map((_, i) => i).sort((a, b) => (xs[a] as number) - (xs[b] as number));
  return { x: order.map((i) => xs[i] as number), y: order.map((i) => gap(values[i] as number)) };
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
