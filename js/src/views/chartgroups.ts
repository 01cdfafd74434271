/** Charts of many keys, those of one prefix together under its name; groups stand side by side where there is room. */
import { groupKeys } from "../lib/curves";
import { h, user } from "./dom";

/** `chartOf` draws a key under a title: what stands behind its group's prefix. */
export function chartGroups(keys: readonly string[], chartOf: (key: string, title: string) => Element): HTMLElement[] {
  const groups = groupKeys(keys);
  const hasHeads = groups.length > 1 || groups[0]?.prefix !== "";
  return groups.map(({ prefix, keys: members }) => {
    const head = h("div", { class: "tb-chart-prefix" }, prefix === "" ? "" : user(prefix));
    const charts = members.map((key) => chartOf(key, prefix === "" ? key : key.slice(prefix.length + 1)));
    const grid = h("div", { class: "tb-chart-grid" }, ...charts);
    const element = h("div", { class: "tb-chart-group" }, hasHeads && head, grid);
    element.style.setProperty("--tb-charts", String(members.length));
    return element;
  });
}
