/** Params: value, where it was found, and what it was in the version before. */
import type { Card, CardParam } from "../../bridge/card";
import { originKind, originText } from "../../lib/origin";
import { h, user } from "../dom";
import { capped } from "../more";
import { section, titled } from "./section";

const SHOWN = 12;

export function params(card: Card, open: { all: boolean }): HTMLElement | null {
  if (card.params.length === 0) return null;
  const changed = card.params.filter((param) => param.previous !== null);
  const rest = card.params.filter((param) => param.previous === null);
  const ordered = card.params.length > SHOWN ? [...changed, ...rest] : card.params;
  const list = h("div", { class: "tb-params", role: "list" });
  const remark = changed.length > 0 ? `${changed.length} changed` : "";
  return section(
    "params",
    remark ? titled("Params", remark) : "Params",
    capped(list, ordered.map(row), SHOWN, "params", open),
  );
}

function shown(value: string): HTMLElement {
  return value === "" ? h("span", { class: "tb-hint" }, "(empty)") : user(value, "tb-mono");
}

function row(param: CardParam): HTMLElement {
  const origin = h("span", { class: "tb-origin", title: originText(param.origin) }, originKind(param.origin));
  const was = param.previous !== null && h("span", { class: "tb-was" }, "was ", shown(param.previous));
  return h(
    "div",
    { class: "tb-param", role: "listitem", "data-changed": String(param.previous !== null) },
    user(param.key, "tb-key"),
    h("span", { class: "tb-param-value" }, shown(param.value), was),
    origin,
  );
}
