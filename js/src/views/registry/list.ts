/** All registered models: one row each, with its aliases and what its champion reached. */

import type { Num } from "../../bridge/payloads";
import type { ModelRow } from "../../bridge/registry";
import { formatNumber, fullNumber } from "../../lib/number";
import type { Clock } from "../clock";
import { h, user } from "../dom";
import { arrows } from "./keys";
import { aliasPill } from "./pills";

const SHOWN_METRICS = 3;

export function modelList(models: readonly ModelRow[], clock: Clock, open: (name: string) => void): HTMLElement {
  const heads = ["Model", "Versions", "Aliases", "Champion", "Changed"];
  const body = h("tbody", {}, ...models.map((model) => modelRow(model, clock, open)));
  arrows(body, ".tb-open-model");
  return h(
    "table",
    { class: "tb-registry-table tb-models" },
    h("caption", { class: "tb-sr" }, "Registered models"),
    h(
      "thead",
      {},
      h("tr", {}, ...heads.map((head, i) => h("th", { scope: "col", class: i === 1 ? "tb-right" : "" }, head))),
    ),
    body,
  );
}

function modelRow(model: ModelRow, clock: Clock, open: (name: string) => void): HTMLElement {
  const opener = h(
    "button",
    { type: "button", class: "tb-open-model", "data-key": `open-${model.name}`, onclick: () => open(model.name) },
    user(model.name),
  );
  const description = model.description ? h("div", { class: "tb-muted tb-cut" }, user(model.description)) : null;
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, opener, description),
    h("td", { class: "tb-right tb-num" }, model.versions),
    h("td", {}, h("div", { class: "tb-pills" }, ...model.aliases.map((one) => aliasPill(one.alias, one.version)))),
    h("td", {}, championCell(model)),
    h("td", { class: "tb-muted tb-nowrap" }, clock.since(model.updated_ms)),
  );
}

function championCell({ champion }: ModelRow): HTMLElement {
  if (champion === null) return h("span", { class: "tb-hint" }, "none");
  const shown = Object.entries(champion.metrics).slice(0, SHOWN_METRICS);
  const why = champion.how === "alias" ? "has the alias champion" : "is the newest in Production";
  return h(
    "div",
    { class: "tb-trail" },
    h("span", { title: `v${champion.version} ${why}` }, `v${champion.version}`),
    ...shown.map(([key, value]) => metricFact(key, value)),
  );
}

const metricFact = (key: string, value: Num) =>
  h(
    "span",
    { class: "tb-fact" },
    user(key, "tb-muted"),
    h("span", { class: "tb-num", title: fullNumber(value) }, formatNumber(value)),
  );
