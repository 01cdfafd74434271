/** A chart as a table: for who cannot see it, and for who wants the numbers. */
import type { ChartTable } from "../../bridge/chart";
import { formatNumber, fullNumber } from "../../lib/number";
import { plural } from "../../lib/text";
import { h, user } from "../dom";

export function chartTable({ heads, numeric, rows, total }: ChartTable, label: string): HTMLElement {
  const head = h(
    "tr",
    {},
    ...heads.map((name, i) => h("th", { scope: "col", "data-numeric": String(numeric[i] === true) }, user(name))),
  );
  const body = rows.map((row) =>
    h(
      "tr",
      {},
      ...row.map((value, i) => {
        const isNumber = numeric[i] === true;
        const shown = value === null ? "–" : isNumber ? formatNumber(value as number) : String(value);
        const tag = i === 0 ? "th" : "td";
        const props = {
          "data-numeric": String(isNumber),
          ...(i === 0 ? { scope: "row" } : {}),
          ...(isNumber && value !== null ? { title: fullNumber(value as number) } : {}),
        };
        return h(tag, props, isNumber ? shown : user(shown));
      }),
    ),
  );
  const table = h("table", { class: "tb-rows tb-chart-table" }, h("thead", {}, head), h("tbody", {}, ...body));
  const more =
    total > rows.length
      ? h("div", { class: "tb-aside tb-chart-more" }, `${plural(total - rows.length, "more row")} in .table`)
      : null;
  return h(
    "div",
    { class: "tb-chart-scroll", role: "group", tabindex: 0, "aria-label": `${label} as a table` },
    table,
    more,
  );
}
