/** Words about a whole table: that it is empty and why, what it is grouped by, that it shows the trash. */
import type { Groups, Which } from "../../bridge/table";
import { parseColumn } from "../../lib/columns";
import { plural } from "../../lib/text";
import { button, h, user } from "../dom";
import type { Interval } from "./cells";
import { SEEDS } from "./menus";

export interface EmptyActs {
  clearFilter(): void;
  leaveTrash(): void;
}

/** In the place of rows where there are none. */
export function emptyWords(filter: string, view: Which, acts: EmptyActs): Node[] {
  if (filter !== "")
    return [h("span", {}, "No run matches this filter."), button("Clear filter", () => acts.clearFilter())];
  if (view === "trash")
    return [h("span", {}, "The trash is empty."), button("Back to the runs", () => acts.leaveTrash())];
  const magic = h("code", { class: "tb-mono" }, "%%track");
  return [h("span", {}, "No runs yet. Put ", magic, " on the first line of a cell and run it.")];
}

export function groupingWords(): (Node | string)[] {
  return [h("span", { class: "tb-spinner", "aria-hidden": "true" }), "Grouping…"];
}

/** By what runs are grouped, and how their spread is meant. */
export function groupsSaid(
  group_by: readonly string[],
  found: Groups | null,
  interval: Interval,
  ungroup: () => void,
): HTMLElement {
  const isSeeds = group_by.includes(SEEDS);
  const by = isSeeds ? "all params but the seed" : group_by.map((key) => parseColumn(key).label).join(", ");
  const seeds = isSeeds && found !== null && found.seeds.length > 0 ? ` (${found.seeds.join(", ")})` : "";
  const spread = interval === "std" ? "mean ± standard deviation" : "mean ± 95 % interval";
  const more = found !== null && found.more > 0 ? ` · ${plural(found.more, "small group")} not shown` : "";
  return h(
    "span",
    {},
    "Grouped by ",
    user(`${by}${seeds}`),
    h("span", { class: "tb-muted" }, ` · ${spread}${more} `),
    button("Ungroup", ungroup, { class: "tb-button tb-quiet" }),
  );
}

export function trashSaid(leave: () => void): HTMLElement {
  return h("span", {}, "Runs in the trash ", button("Back", leave, { class: "tb-button tb-quiet" }));
}
