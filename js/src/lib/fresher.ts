/** Metrics that come live and those of the store, as one list. */
import type { CardMetric } from "../bridge/card";

/** Of each metric the one of more points; a change of what it is measured against comes with the next point. */
export function fresher(stored: readonly CardMetric[], live: readonly CardMetric[]): CardMetric[] {
  return merged(
    stored,
    live.filter((one) => one.count > (stored.find(({ key }) => key === one.key)?.count ?? 0)),
  );
}

/** New values in the place of old ones of the same key, new keys at the end. */
export function merged(old: readonly CardMetric[], news: readonly CardMetric[]): CardMetric[] {
  const byKey = new Map(news.map((metric) => [metric.key, metric]));
  const known = new Set(old.map((metric) => metric.key));
  return [...old.map((metric) => byKey.get(metric.key) ?? metric), ...news.filter((metric) => !known.has(metric.key))];
}
