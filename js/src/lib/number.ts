/** Numbers as people read them.  A true minus sign is used; the exact value belongs in a title, by `fullNumber`. */
import type { Num } from "../bridge/payloads";

const MINUS = "\u2212";

export function toNumber(value: Num): number {
  return typeof value === "number" ? value : Number(value);
}

/** Four significant digits; whole numbers in full up to seven digits, exponents for the very large and small. */
export function formatNumber(value: Num): string {
  const x = toNumber(value);
  if (Number.isNaN(x)) return "NaN";
  const sign = x < 0 ? MINUS : "";
  return sign + magnitude(Math.abs(x));
}

function magnitude(x: number): string {
  if (x === Number.POSITIVE_INFINITY) return "∞";
  if (x === 0) return "0";
  if (Number.isInteger(x) && x < 1e7) return String(x);
  if (x >= 1e6 || x < 1e-4) return exponential(x);
  if (x >= 1e4) return x.toFixed(1);
  const rounded = x.toPrecision(4);
  // A small number that is short is written short (0.0001); a zero that rounding left is a digit like another.
  return x < 0.1 && Number(rounded) === x ? String(x) : rounded;
}

function exponential(x: number): string {
  const [digits = "0", exponent = "0"] = x.toExponential(3).split("e");
  return `${digits.replace(/\.?0+$/, "")}e${exponent.replace("+", "").replace("-", MINUS)}`;
}

/** The number with all its digits, as Python would print it back. */
export function fullNumber(value: Num): string {
  return String(toNumber(value));
}

export type Direction = "up" | "down" | "same" | "unknown";

export interface Delta {
  direction: Direction;
  /** signed: "+0.012", "−3", "±0", "NaN" */
  text: string;
}

/** A change, with the way it goes; whether that is good is not ours to say. */
export function formatDelta(delta: Num): Delta {
  const x = toNumber(delta);
  if (Number.isNaN(x)) return { direction: "unknown", text: "NaN" };
  if (x === 0) return { direction: "same", text: "±0" };
  return x > 0 ? { direction: "up", text: `+${changed(x)}` } : { direction: "down", text: `${MINUS}${changed(-x)}` };
}

/** Changes carry rounding noise (0.30000000000000004): three digits say enough. */
function changed(x: number): string {
  if (Number.isInteger(x) || x >= 1e4 || x < 1e-4) return magnitude(x);
  return x >= 999.5 ? String(Math.round(x)) : x.toPrecision(3); // which writes four digits with an exponent
}

const NUMERIC = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

/** Whether a param's text is a plain number, so that its column is aligned as one. */
export function looksNumeric(text: string): boolean {
  return NUMERIC.test(text) || /^[+-]?(nan|inf)$/i.test(text);
}
