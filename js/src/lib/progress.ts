/** How far a run is: what was seen, of how much, how fast, and what is left.  A rate is told of the last moments only. */
import type { CardMetric, CardProgress } from "../bridge/card";
import { plural } from "./text";
import { formatElapsed } from "./time";

export interface Seen {
  seen: number;
  /** null where it is not known */
  total: number | null;
  unit: string;
  /** the total's, for people */
  source: string;
}

/** null where there is nothing to tell yet. */
export function seenOf(metrics: readonly CardMetric[], told: CardProgress | null): Seen | null {
  if (told !== null && told.seen !== null) return { ...told, seen: told.seen };
  const most = metrics.reduce<CardMetric | null>(
    (best, one) => (best === null || one.count > best.count ? one : best),
    null,
  );
  if (most === null || most.count < 2) return null;
  const step = Math.max(...metrics.map((one) => one.step));
  if (step === 0) return { seen: most.count, total: null, unit: "point", source: "" };
  const seen = step - (told?.first ?? 0) + (told === null ? 0 : 1);
  // More steps than there should be: the loop was not the one that logs.
  if (told?.total == null || seen > told.total || seen < 0)
    return { seen: step, total: null, unit: "step", source: "" };
  return { seen, total: told.total, unit: told.unit, source: told.source };
}

const WINDOW_MS = 30_000;
const MIN_MS = 1_000;

/** What was seen when, in the last moments. */
export class Pace {
  private samples: { time_ms: number; seen: number }[] = [];

  note(seen: number, time_ms: number): void {
    const last = this.samples.at(-1);
    const first = this.samples[0];
    if (first !== undefined && seen < first.seen)
      this.samples = []; // another bar, another loop
    else if (last !== undefined && seen < last.seen) return; // news that are older than what is known
    if (last?.seen !== seen) this.samples.push({ time_ms, seen });
    while ((this.samples[0]?.time_ms ?? time_ms) < time_ms - WINDOW_MS && this.samples.length > 2) this.samples.shift();
  }

  /** per second; null before two moments a second apart were seen */
  rate(): number | null {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (first === undefined || last === undefined || last.time_ms - first.time_ms < MIN_MS) return null;
    return ((last.seen - first.seen) * 1000) / (last.time_ms - first.time_ms);
  }
}

/** "epoch 12 of 50", "312 points", "step 312" */
export function seenText({ seen, total, unit }: Seen): string {
  if (unit === "point") return plural(seen, "point");
  return total === null ? `${unit} ${seen}` : `${unit} ${seen} of ${total}`;
}

/** "2.3 epochs/s", "4.2 s per epoch"; "" where it is not known */
export function rateText(rate: number | null, unit: string): string {
  if (rate === null || !(rate > 0)) return "";
  const short = (value: number) => (value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2))));
  return rate >= 1 ? `${short(rate)} ${unit}s/s` : `${formatElapsedShort(1000 / rate)} per ${unit}`;
}

function formatElapsedShort(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : formatElapsed(ms);
}

/** "17 s left"; "" where it is not known */
export function leftText({ seen, total }: Seen, rate: number | null): string {
  if (total === null || rate === null || !(rate > 0) || seen >= total) return "";
  return `${formatElapsed(((total - seen) * 1000) / rate)} left`;
}
