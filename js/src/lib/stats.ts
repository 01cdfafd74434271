/** Spread of a few repeated results. */
import { formatNumber } from "./number";

/** 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom (any table of the distribution has them). */
const T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const NORMAL = 1.95996;

/** Beyond the table by the first terms of Cornish and Fisher's expansion, which is right to three digits there. */
export function t975(degrees: number): number {
  return T[degrees - 1] ?? NORMAL + (NORMAL ** 3 + NORMAL) / (4 * degrees);
}

/** Half the width of the 95 % confidence interval of a mean; null for less than two values. */
export function halfWidth(n: number, std: number | null): number | null {
  return std === null || n < 2 ? null : (t975(n - 1) * std) / Math.sqrt(n);
}

/** Equal numbers spread by the rounding of their sum. */
export function withoutNoise(std: number, mean: number): number {
  return std < 1e-12 * Math.abs(mean) ? 0 : std;
}

/** Two digits tell how far results spread: as many in each row, so that they stand below each other. */
export function spreadText(half: number): string {
  if (half === 0) return "0";
  const text = half.toPrecision(2);
  const isPlain = !text.includes("e") && half >= 1e-4;
  return isPlain ? text : formatNumber(Number(text));
}
