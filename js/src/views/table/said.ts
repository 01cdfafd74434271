/** Words about a whole table: that it is empty and why, what it is grouped by, that it shows the trash. */
import type { Groups, Which } from "../../bridge/table";
import { parseColumn } from "../../lib/columns";
import { plural } from "../../lib/text";
import { button, h, user } from "../dom";
import type { Interval } from "./cells";
import type { FilterBox } from "./filter";
import type { Grouping } from "./grouping";
import { SEEDS } from "./menus";
import type { Questions } from "./questions";
import type { Source } from "./source";

/** The parts of the table that words are about. */
interface Told {
  readonly source: Source;
  readonly grouping: Grouping;
  readonly filter: FilterBox;
  readonly questions: Questions;
}

export class Said {
  /** above the rows: what the table is set to beyond its filter */
  readonly state = h("div", { class: "tb-table-state", hidden: true });
  /** in the place of rows */
  readonly empty = h("div", { class: "tb-empty" });

  constructor(private readonly table: Told) {}

  draw(): void {
    this.drawState();
    const { grouping, source } = this.table;
    const isLoading = grouping.isOn && grouping.source.found === null;
    const none = source.total === 0;
    this.empty.hidden = !none && !isLoading;
    const { filter, view } = source.query;
    const acts = { clearFilter: () => this.table.filter.clear(), leaveTrash: this.leaveTrash };
    if (none) this.empty.replaceChildren(...emptyWords(filter, view, acts));
    else if (isLoading) this.empty.replaceChildren(...groupingWords());
  }

  drawState(): void {
    const { grouping, source } = this.table;
    const parts: Node[] = [];
    if (grouping.isOn)
      parts.push(groupsSaid(grouping.keys, grouping.source.found, grouping.interval, () => void grouping.by([])));
    if (source.query.view === "trash") parts.push(trashSaid(this.leaveTrash));
    this.state.replaceChildren(...parts);
    this.state.hidden = parts.length === 0;
  }

  private readonly leaveTrash = () => void this.table.questions.ask({ view: "active" });
}

interface EmptyActs {
  clearFilter(): void;
  leaveTrash(): void;
}

/** In the place of rows where there are none. */
function emptyWords(filter: string, view: Which, acts: EmptyActs): Node[] {
  if (filter !== "")
    return [h("span", {}, "No run matches this filter."), button("Clear filter", () => acts.clearFilter())];
  if (view === "trash")
    return [h("span", {}, "The trash is empty."), button("Back to the runs", () => acts.leaveTrash())];
  const magic = h("code", { class: "tb-mono" }, "%%track");
  return [h("span", {}, "No runs yet. Put ", magic, " on the first line of a cell and run it.")];
}

function groupingWords(): (Node | string)[] {
  return [h("span", { class: "tb-spinner", "aria-hidden": "true" }), "Grouping…"];
}

/** By what runs are grouped, and how their spread is meant. */
function groupsSaid(
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

function trashSaid(leave: () => void): HTMLElement {
  return h("span", {}, "Runs in the trash ", button("Back", leave, { class: "tb-button tb-quiet" }));
}
