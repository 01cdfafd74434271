/** Aliases, stages and tags of models and versions. */
import type { KeyValue } from "../../bridge/registry";
import { h, icon, user } from "../dom";

/** `@champion`, with the version it names where that is not beside it; with `remove` a cross that asks for that. */
export function aliasPill(alias: string, version: string | null, remove?: () => void): HTMLElement {
  return h(
    "span",
    { class: "tb-pill", "data-champion": String(alias.toLowerCase() === "champion") },
    user(`@${alias}`, "tb-pill-alias"),
    version !== null && h("span", { class: "tb-pill-version" }, `v${version}`),
    remove && cross(`Remove the alias ${alias}`, `unalias-${alias}`, remove),
  );
}

export function stageBadge(stage: string): HTMLElement {
  if (stage === "None") return h("span", { class: "tb-hint" }, "–");
  return h("span", { class: "tb-stage", "data-stage": stage }, stage);
}

export function tagPill({ key, value }: KeyValue, remove?: () => void): HTMLElement {
  return h(
    "span",
    { class: "tb-tag", title: `${key} = ${value}` },
    user(key, "tb-key"),
    user(value),
    remove && cross(`Remove the tag ${key}`, `untag-${key}`, remove),
  );
}

function cross(label: string, key: string, onclick: () => void): HTMLElement {
  const props = { type: "button", class: "tb-pill-cross", "aria-label": label, title: label, "data-key": key, onclick };
  return h("button", props, icon("cross"));
}
