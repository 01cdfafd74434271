/** What changes, or was changed: "alias champion  v1 → v3". */
import type { Effect } from "../../bridge/registry";
import { h, user } from "../dom";

export function effectElement(effect: Effect): HTMLElement {
  const from = effect.old === null ? null : value(effect.old, "tb-effect-old");
  const to =
    effect.new === null ? h("span", { class: "tb-effect-gone" }, "removed") : value(effect.new, "tb-effect-new");
  const arrow = from && [
    h("span", { class: "tb-effect-arrow", "aria-hidden": "true" }, "→"),
    h("span", { class: "tb-sr" }, " becomes "),
  ];
  return h("span", { class: "tb-effect" }, user(effect.what, "tb-effect-what"), from, ...(arrow ?? []), to);
}

const value = (text: string, className: string) =>
  text === "" ? h("span", { class: "tb-hint" }, "(empty)") : user(text, className);
