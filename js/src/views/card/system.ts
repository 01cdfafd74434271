/** What the machine did meanwhile: folded, since it is no result. */
import type { Card } from "../../bridge/payloads";
import { plural } from "../../lib/text";
import { h } from "../dom";
import { metricRow } from "./metrics";
import { aside } from "./section";

const PREFIX = "system/";

export function system(card: Card, open: { all: boolean }): HTMLElement | null {
  const metrics = card.system ?? []; // none in what an older version saved
  if (metrics.length === 0) return null;
  const rows = metrics.map((metric) => metricRow(metric, metric.key.slice(PREFIX.length)));
  const details = h(
    "details",
    { class: "tb-section tb-section-system", open: open.all },
    h("summary", { class: "tb-section-title" }, "System ", aside(plural(metrics.length, "metric"))),
    h("div", { class: "tb-metrics", role: "list" }, ...rows),
  );
  details.addEventListener("toggle", () => {
    open.all = details.open;
  });
  return details;
}
