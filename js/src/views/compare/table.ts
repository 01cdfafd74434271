/** Runs side by side: one column per run, the first being what the others are measured against; one row per key. */
import type { CompareRow, CompareSection, CompareState } from "../../bridge/compare";
import type { Num } from "../../bridge/payloads";
import { deltaToFirst, differsFromFirst } from "../../lib/compare";
import { formatNumber, fullNumber } from "../../lib/number";
import type { RunColours } from "../../lib/runcolours";
import { plural } from "../../lib/text";
import { runLink } from "../addresses";
import { cellElement } from "../cell";
import type { Clock } from "../clock";
import { h, icon, user } from "../dom";
import { statusBadge } from "../status";

const KEY_PX = 208;
const RUN_PX = 176;

interface Drawing {
  clock: Clock;
  looks: RunColours;
}

export function compareTable(
  state: CompareState,
  shown: readonly CompareSection[],
  drawing: Drawing,
  onBaseline?: (run_id: string) => void,
): HTMLElement {
  const n = state.runs.length;
  const columns = [h("col", { style: `width:${KEY_PX}px` }), ...state.runs.map(() => h("col"))];
  const bodies = shown.map((section) => sectionBody(section, state, n));
  return h(
    "table",
    { class: "tb-rows tb-compare-table", style: `min-width:${KEY_PX + n * RUN_PX}px` },
    h("colgroup", {}, ...columns),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td", { class: "tb-corner" }),
        ...state.runs.map((run, i) => runHeader(run, i, drawing, onBaseline)),
      ),
    ),
    ...bodies,
  );
}

export function baselinePin(): HTMLElement {
  return h(
    "span",
    { class: "tb-baseline", title: "The baseline: the others are measured against it" },
    icon("pin"),
    h("span", { class: "tb-sr" }, "baseline"),
  );
}

function runHeader(
  run: CompareState["runs"][number],
  index: number,
  { clock, looks }: Drawing,
  onBaseline?: (run_id: string) => void,
): HTMLElement {
  const cell = run.cell && cellElement(run.cell);
  const first =
    index === 0
      ? baselinePin()
      : onBaseline &&
        h(
          "button",
          {
            type: "button",
            class: "tb-baseline tb-make-baseline",
            title: "Measure the others against this run",
            "aria-label": `Make ${run.name} the baseline`,
            onclick: () => onBaseline(run.run_id),
          },
          "set as baseline",
        );
  return h(
    "th",
    { scope: "col" },
    h(
      "div",
      { class: "tb-run-head" },
      h("span", { class: "tb-swatch", style: `--tb-swatch:${looks.colour(run.run_id)}` }),
      h("span", { class: "tb-run-name" }, runLink(run.run_id, user(run.name))),
      first ?? null,
    ),
    h("div", { class: "tb-trail" }, statusBadge(run.status), cell, clock.since(run.start_ms)),
  );
}

function sectionBody(section: CompareSection, state: CompareState, n: number): HTMLElement {
  const same = (each: CompareSection) => each.title === section.title && each.aggregate === section.aggregate;
  const all = state.sections.find(same)?.rows ?? section.rows;
  const differing = all.filter((row) => row.differs).length;
  const remark =
    differing === 0 ? `${plural(all.length, "row")}, all equal` : `${differing} of ${plural(all.length, "row")} differ`;
  const title = h(
    "th",
    { scope: "rowgroup", colspan: n + 1, class: "tb-compare-section" },
    h("span", {}, titleOf(section), " ", h("span", { class: "tb-aside" }, remark)),
  );
  return h("tbody", {}, h("tr", {}, title), ...section.rows.map((row) => compareRow(row)));
}

const titleOf = ({ title, aggregate }: CompareSection) =>
  aggregate === null || aggregate === "last" ? title : `${title}, ${aggregate}`;

function compareRow(row: CompareRow): HTMLElement {
  const cells = row.values.map((value, i) => {
    const differs = differsFromFirst(row, i);
    return h(
      "td",
      { "data-differs": String(differs) },
      differs && h("span", { class: "tb-sr" }, "differs: "),
      h("div", { class: "tb-compare-cell" }, valueElement(value, row.numeric), deltaOf(row, i)),
    );
  });
  return h("tr", {}, h("th", { scope: "row" }, user(row.key, "tb-key")), ...cells);
}

function valueElement(value: string | Num | null, numeric: boolean): HTMLElement {
  if (value === null) return h("span", { class: "tb-hint", title: "This run has none" }, "–");
  if (numeric) return h("span", { class: "tb-num", title: fullNumber(value as Num) }, formatNumber(value as Num));
  if (value === "") return h("span", { class: "tb-hint" }, "(empty)");
  return user(String(value), "tb-mono");
}

function deltaOf(row: CompareRow, index: number): HTMLElement | null {
  const delta = deltaToFirst(row, index);
  if (delta === null) return null;
  const mark = delta.direction === "up" || delta.direction === "down" ? icon(delta.direction) : null;
  return h("span", { class: "tb-delta tb-num", title: `${delta.text} against the first run` }, mark, delta.text);
}
