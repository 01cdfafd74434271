/** Metrics: last value, course, and the change against the version before.  Rows are kept and changed in place while live. */
import type { CardMetric } from "../../bridge/payloads";
import type { Curves } from "../../lib/curves";
import { formatDelta, formatNumber, fullNumber } from "../../lib/number";
import { originText } from "../../lib/origin";
import { h, icon, user } from "../dom";
import { capped } from "../more";
import { sparklineOf } from "../sparkline";
import { section } from "./section";

const SHOWN = 12;

export interface MetricsSection {
  readonly element: HTMLElement;
  update(metrics: readonly CardMetric[], curves: Curves): void;
}

interface Row {
  element: HTMLElement;
  drawn: string;
  fill(metric: CardMetric, values: readonly number[] | undefined): void;
}

export function metricsSection(): MetricsSection {
  const rows = new Map<string, Row>();
  const open = { all: false };
  const list = h("div", { class: "tb-metrics", role: "list" });
  const body = h("div");
  const element = section("metrics", "Metrics", body);
  let shownKeys = "";

  return {
    element,
    update(metrics, curves) {
      element.hidden = metrics.length === 0;
      for (const metric of metrics) {
        const row = rows.get(metric.key) ?? newRow(metric.key);
        rows.set(metric.key, row);
        row.fill(metric, metric.count > 1 ? curves.get(metric.key)?.values : undefined);
      }
      const keys = JSON.stringify(metrics.map((metric) => metric.key));
      if (keys === shownKeys) return;
      shownKeys = keys;
      const elements = metrics.map((metric) => (rows.get(metric.key) as Row).element);
      body.replaceChildren(capped(list, elements, SHOWN, "metrics", open));
    },
  };
}

/** A row that stays as it is. */
export function metricRow(metric: CardMetric, label: string): HTMLElement {
  const row = newRow(metric.key, label);
  row.fill(metric, undefined);
  return row.element;
}

function newRow(key: string, label = key): Row {
  const spark = h("span", { class: "tb-metric-spark" });
  const value = h("span", { class: "tb-metric-value tb-num" });
  const delta = h("span", { class: "tb-metric-delta tb-num" });
  const element = h("div", { class: "tb-metric", role: "listitem" }, user(label, "tb-key", key), spark, value, delta);
  const row: Row = {
    element,
    drawn: "",
    fill(metric, values) {
      const state = `${JSON.stringify(metric)} ${values?.length ?? 0}`;
      if (state === row.drawn) return;
      row.drawn = state;
      value.textContent = formatNumber(metric.last);
      value.title = titleOf(metric);
      spark.replaceChildren(...[values && sparklineOf(values)].filter((line) => line != null));
      delta.replaceChildren(...deltaOf(metric));
    },
  };
  return row;
}

function titleOf(metric: CardMetric): string {
  const found = metric.origin === "logged" ? "" : `\n${originText(metric.origin)}`;
  if (metric.count <= 1) return `${fullNumber(metric.last)}${found}`;
  const range = `min ${fullNumber(metric.min)}, max ${fullNumber(metric.max)}`;
  return `${fullNumber(metric.last)} at step ${metric.step}\n${metric.count} points, ${range}${found}`;
}

function deltaOf(metric: CardMetric): Node[] {
  if (metric.delta === null) return [];
  const { direction, text } = formatDelta(metric.delta);
  const title = `${text} against the version before`;
  const mark = direction === "up" || direction === "down" ? icon(direction) : null;
  return [h("span", { class: "tb-delta", "data-direction": direction, title }, mark, text)];
}
