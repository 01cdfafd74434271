/** Groups of seeds: each group's mean and spread, and in words what a paired test says. */
import type { CompareGroups, GroupTest, GroupValue } from "../../bridge/compare";
import { formatDelta, formatNumber, fullNumber } from "../../lib/number";
import { plural } from "../../lib/text";
import { h, user } from "../dom";
import { baselinePin } from "./table";

const [KEY_PX, GROUP_PX] = [136, 184];

export function groupsTable({ by, groups, rows, note }: CompareGroups): HTMLElement {
  const heads = groups.map((group, i) =>
    h(
      "th",
      { scope: "col" },
      h("div", { class: "tb-run-head" }, user(group.name, "tb-run-name"), i === 0 && baselinePin()),
      h("div", { class: "tb-aside" }, `${plural(group.runs.length, "run")}, ${plural(group.seeds, "seed")}`),
    ),
  );
  const body = rows.map((row) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, user(row.key, "tb-key")),
      ...row.values.map((value, i) => cell(value, row.tests[i] ?? null)),
    ),
  );
  return h(
    "div",
    { class: "tb-groups" },
    h(
      "div",
      { class: "tb-section-title" },
      by === "seed" ? "Groups that differ in their seed alone" : `Groups by ${by}`,
    ),
    h(
      "div",
      { class: "tb-compare-scroll", role: "group", tabindex: 0, "aria-label": "Groups of runs" },
      h(
        "table",
        {
          class: "tb-rows tb-compare-table tb-groups-table",
          style: `min-width:${KEY_PX + groups.length * GROUP_PX}px`,
        },
        h("thead", {}, h("tr", {}, h("td", { class: "tb-corner" }), ...heads)),
        h("tbody", {}, ...body),
      ),
    ),
    h("p", { class: "tb-chart-note" }, note),
  );
}

function cell(value: GroupValue | null, test: GroupTest | null): HTMLElement {
  if (value === null) return h("td", {}, h("span", { class: "tb-hint" }, "–"));
  const interval =
    value.low === null || value.high === null
      ? ""
      : `95 % confidence interval of the mean: ${formatNumber(value.low)} to ${formatNumber(value.high)}`;
  const spread = value.deviation === null ? "" : ` ± ${Number(value.deviation.toPrecision(2))}`;
  return h(
    "td",
    {},
    h(
      "div",
      { class: "tb-compare-cell" },
      h(
        "span",
        { class: "tb-num", title: `${fullNumber(value.mean)}, n = ${value.n}. ${interval}` },
        formatNumber(value.mean),
        spread,
      ),
      test !== null &&
        Number.isFinite(test.difference) &&
        h("span", { class: "tb-delta tb-num" }, formatDelta(test.difference).text),
    ),
    test && verdict(test),
  );
}

function verdict(test: GroupTest): HTMLElement {
  const told = test.verdict.startsWith("differs");
  const effect = test.effect === null || test.p === null ? "" : ` · g = ${test.effect.toFixed(2).replace("-", "−")}`;
  return h("div", { class: "tb-verdict", "data-told": String(told) }, `${test.verdict}${effect}`);
}
