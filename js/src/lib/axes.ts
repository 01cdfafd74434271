/** Scales of drawn charts: numbers (plain, log, symmetric log) and bands, with the ticks that fit. */
import type { PlotAxis } from "../bridge/plot";
import { formatNumber } from "./number";
import { ticks as linearTicks } from "./scale";

export interface Tick {
  at: number;
  label: string;
}

export interface AxisScale {
  /** from a value to a pixel */
  place(value: number): number;
  ticks: Tick[];
  /** px of one band; 0 for numbers */
  band: number;
}

const AIR = 0.12;
const LABEL_PX = 15;
/** of ticks on a log axis */
const DIGITS = [1, 2, 5] as const;

/** `values` are all that is drawn along the axis; `start` and `end` are pixels, `room` those that a label needs. */
export function axisScale(axis: PlotAxis, values: readonly number[], start: number, end: number, room = 56): AxisScale {
  if (axis.scale === "band") return bandScale(axis.labels, start, end, Math.min(room, LABEL_PX * 4));
  const forward = TRANSFORMS[axis.scale];
  let [low, high] = range(axis, values);
  [low, high] = [forward(low), forward(high)];
  if (!(high > low)) {
    const air = Math.abs(low) * 0.1 || 1;
    [low, high] = [low - air, high + air];
  } else {
    const air = (high * AIR) / 2 - (low * AIR) / 2;
    if (axis.low === null) low = Math.max(low - air, -Number.MAX_VALUE);
    if (axis.high === null) high = Math.min(high + air, Number.MAX_VALUE);
  }
  const half = high / 2 - low / 2;
  const count = Math.max(3, Math.floor(Math.abs(end - start) / room));
  const found = { log: powers, symlog: symmetric, linear: linearTicks }[axis.scale](low, high, count);
  const at = values.length > 0 && values.every(Number.isInteger) ? found.filter(Number.isInteger) : found;
  return {
    place: (value) => start + ((forward(value) / 2 - low / 2) / half) * (end - start),
    ticks: at.map((value) => ({ at: value, label: formatTick(value) })),
    band: 0,
  };
}

function range(axis: PlotAxis, values: readonly number[]): [number, number] {
  let [low, high] = [axis.low ?? Number.POSITIVE_INFINITY, axis.high ?? Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (axis.low === null && value < low) low = value;
    if (axis.high === null && value > high) high = value;
  }
  return low <= high ? [low, high] : [axis.low ?? 0, axis.high ?? 1];
}

function bandScale(labels: readonly string[], start: number, end: number, room: number): AxisScale {
  const band = (end - start) / Math.max(1, labels.length);
  const every = Math.max(1, Math.ceil((start < end ? room : LABEL_PX) / Math.abs(band)));
  return {
    place: (value) => start + (value + 0.5) * band,
    ticks: labels.map((label, at) => ({ at, label })).filter(({ at }) => at % every === 0),
    band: Math.abs(band),
  };
}

const TRANSFORMS = {
  linear: (value: number) => value,
  log: (value: number) => (value > 0 ? Math.log10(value) : -300),
  symlog: (value: number) => Math.sign(value) * Math.log10(1 + Math.abs(value)),
};

/** 0, powers of ten and what lies between them, as many as keep about `count` apart; `low` and `high` are places. */
export function symmetric(low: number, high: number, count: number): number[] {
  const gap = (high / count - low / count) * 0.6;
  const top = Math.ceil(Math.max(Math.abs(low), Math.abs(high)));
  const found = low <= 0 && high >= 0 ? [0] : [];
  const isFree = (at: number) => found.every((other) => Math.abs(at - TRANSFORMS.symlog(other)) >= gap);
  for (const digit of [1, 5, 2])
    for (let power = top; power >= -3; power -= 1)
      for (const value of [Number(`${digit}e${power}`), Number(`-${digit}e${power}`)]) {
        const at = TRANSFORMS.symlog(value);
        if (at >= low && at <= high && isFree(at)) found.push(value);
      }
  if (found.length > 1) return found.sort((a, b) => a - b);
  const backward = (at: number) => Math.sign(at) * (10 ** Math.abs(at) - 1);
  const places = linearTicks(low, high, count).map((at) => Number(backward(at).toPrecision(3)));
  return places.filter(Number.isFinite);
}

/** Powers of ten between two exponents, with 2 and 5 times them where these are few; else round numbers. */
export function powers(low: number, high: number, count: number): number[] {
  const between = (step: number, digits: readonly number[]): number[] => {
    const found: number[] = [];
    for (let power = Math.floor(low); power <= Math.ceil(high); power += step)
      found.push(...digits.map((digit) => Number(`${digit}e${power}`)));
    return found.filter((value) => Math.log10(value) >= low && Math.log10(value) <= high);
  };
  const isShort = high - low < count / 2;
  for (let step = Math.max(1, Math.ceil((high - low) / Math.max(1, count))); step > 0; step -= 1) {
    const found = between(step, step === 1 && isShort ? DIGITS : [1]);
    if (found.length > 1) return found;
  }
  const found = between(1, DIGITS);
  if (found.length > 1) return found;
  const ends = [10 ** low, Math.min(10 ** high, Number.MAX_VALUE)] as const;
  const few = linearTicks(...ends, count);
  return few.length > 1 ? few : linearTicks(...ends, count * 2.5); // its steps are up to 2.5 times as wide as asked
}

export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return formatNumber(Number(value.toPrecision(3)));
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`.replace("-", "−");
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`.replace("-", "−");
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

const VIRIDIS = [
  [0x44, 0x01, 0x54],
  [0x3b, 0x52, 0x8b],
  [0x21, 0x91, 0x8c],
  [0x5e, 0xc9, 0x62],
  [0xfd, 0xe7, 0x25],
] as const;

/** The colour of a place between 0 and 1: viridis (https://bids.github.io/colormap/) by five of its colours. */
export function shadeColour(share: number): string {
  const at = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const [a, b] = [VIRIDIS[low] as readonly number[], VIRIDIS[low + 1] as readonly number[]];
  const mixed = a.map((value, i) => Math.round(value + ((b[i] as number) - value) * (at - low)));
  return `rgb(${mixed.join(" ")})`;
}
