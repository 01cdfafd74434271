/**
 * Metrics: last value, course, and the change against the version before and the baseline.  Rows are kept and changed in
 * place while live.  Whether a change is good is said of the goal alone: of no other metric do we know which way is better.
 */
import type { CardGoal, CardMetric } from "../../bridge/card";
import type { Num } from "../../bridge/payloads";
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
  update(metrics: readonly CardMetric[], curves: Curves, against: Against): void;
}

/** What the numbers beside a metric are measured against, in words; null where it is nothing. */
export interface Against {
  previous: string | null;
  baseline: string | null;
  goal: CardGoal | null;
}

interface Row {
  element: HTMLElement;
  drawn: string;
  fill(metric: CardMetric, values: readonly number[] | undefined, against: Against): void;
}

const NOTHING: Against = { previous: null, baseline: null, goal: null };

export function metricsSection(): MetricsSection {
  const rows = new Map<string, Row>();
  const open = { all: false };
  const list = h("div", { class: "tb-metrics", role: "list" });
  const body = h("div");
  const heads = h("div", { class: "tb-metric-heads", "aria-hidden": "true" });
  const element = section("metrics", "Metrics", heads, body);
  let shownKeys = "";

  return {
    element,
    update(metrics, curves, against) {
      headsOf(heads, metrics, against);
      list.setAttribute("data-previous", String(metrics.some((one) => one.delta !== null)));
      list.setAttribute("data-baseline", String(metrics.some((one) => one.baseline != null)));
      element.hidden = metrics.length === 0;
      for (const metric of metrics) {
        const row = rows.get(metric.key) ?? newRow(metric.key);
        rows.set(metric.key, row);
        row.fill(metric, metric.count > 1 ? curves.get(metric.key)?.values : undefined, against);
      }
      const keys = JSON.stringify(metrics.map((metric) => metric.key));
      if (keys === shownKeys) return;
      shownKeys = keys;
      const elements = metrics.map((metric) => (rows.get(metric.key) as Row).element);
      body.replaceChildren(capped(list, elements, SHOWN, "metrics", open));
    },
  };
}

/** What the columns of changes are against, over them. */
function headsOf(place: HTMLElement, metrics: readonly CardMetric[], { previous, baseline }: Against): void {
  const hasPrevious = metrics.some((one) => one.delta !== null);
  const hasBaseline = metrics.some((one) => one.baseline != null);
  place.hidden = !hasPrevious && !hasBaseline;
  place.setAttribute("data-previous", String(hasPrevious));
  place.setAttribute("data-baseline", String(hasBaseline));
  const texts = [
    "",
    "",
    "",
    hasPrevious ? `since ${previous ?? "before"}` : "",
    ...(hasBaseline ? ["to baseline"] : []),
  ];
  const titles = ["", "", "", "", baseline ?? ""];
  if (place.textContent !== texts.join(""))
    place.replaceChildren(...texts.map((text, i) => h("span", { title: titles[i] || null }, text)));
}

function newRow(key: string, label = key): Row {
  const spark = h("span", { class: "tb-metric-spark" });
  const value = h("span", { class: "tb-metric-value tb-num" });
  const delta = h("span", { class: "tb-metric-delta tb-num" });
  const base = h("span", { class: "tb-metric-delta tb-metric-base tb-num" });
  const name = h("span", { class: "tb-metric-key" }, user(label, "tb-key", key));
  const element = h("div", { class: "tb-metric", role: "listitem" }, name, spark, value, delta, base);
  const row: Row = {
    element,
    drawn: "",
    fill(metric, values, against = NOTHING) {
      const state = `${JSON.stringify([metric, against])} ${values?.length ?? 0}`;
      if (state === row.drawn) return;
      row.drawn = state;
      value.textContent = formatNumber(metric.last);
      value.title = titleOf(metric);
      spark.replaceChildren(...[values && sparklineOf(values)].filter((line) => line != null));
      const goal = against.goal?.key === metric.key ? against.goal : null;
      element.setAttribute("data-goal", String(goal !== null));
      name.replaceChildren(...[user(label, "tb-key", key), goal && goalMark(goal)].filter((one) => one !== null));
      delta.replaceChildren(...deltaOf(metric.delta, `against ${against.previous ?? "the version before"}`, goal));
      base.replaceChildren(...deltaOf(metric.baseline ?? null, `against the baseline ${against.baseline ?? ""}`, goal));
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

function goalMark({ direction }: CardGoal): HTMLElement {
  const way = direction === "max" ? "greater" : "smaller";
  return h("span", { class: "tb-goal", title: `The metric that counts: ${way} is better` }, direction);
}

function deltaOf(delta: Num | null, against: string, goal: CardGoal | null): Node[] {
  if (delta === null) return [];
  const { direction, text } = formatDelta(delta);
  const moved = direction === "up" || direction === "down";
  const good = moved && goal !== null ? (direction === "up") === (goal.direction === "max") : null;
  const verdict = good === null ? "" : good ? "better" : "worse";
  const title = `${text} ${against}${verdict && `: ${verdict}`}`;
  const mark = moved ? icon(direction) : null;
  const spoken = verdict && h("span", { class: "tb-sr" }, ` ${verdict}`);
  return [
    h(
      "span",
      { class: "tb-delta", "data-direction": direction, "data-verdict": verdict, title },
      mark,
      text,
      spoken || null,
    ),
  ];
}
