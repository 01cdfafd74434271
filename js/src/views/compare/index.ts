/** The comparison: params, metrics and code of several runs side by side; only what differs, unless all is asked for. */
import type { CompareState } from "../../bridge/payloads";
import { shownSections } from "../../lib/compare";
import { plural } from "../../lib/text";
import { Clock } from "../clock";
import { h } from "../dom";
import { Notice } from "../notice";
import type { Connection, View } from "../view";
import { codeComparisons } from "./code";
import { compareTable } from "./table";

export interface CompareHost {
  onlyDifferences: boolean;
  onOnlyDifferences?(only: boolean): void;
}

export interface CompareView extends View<CompareState> {
  onlyDifferences(only: boolean): void;
  connection(connection: Connection): void;
}

export function compareView(
  root: HTMLElement,
  first: CompareState,
  host: CompareHost,
  now: () => number = Date.now,
): CompareView {
  let state = first;
  let only = host.onlyDifferences;
  const clock = new Clock(now);
  const notice = new Notice();
  const title = h("div", { class: "tb-table-title" });
  const choices = [choice("Differences only", true), choice("All rows", false)];
  const toggle = h(
    "div",
    { class: "tb-segments", role: "group", "aria-label": "Rows shown" },
    ...choices.map((c) => c.element),
  );
  const scroller = h("div", {
    class: "tb-compare-scroll",
    role: "region",
    tabindex: 0,
    "aria-label": "Comparison of runs",
  });
  const code = h("div", { class: "tb-slot" });
  const element = h(
    "div",
    { class: "tb-compare" },
    h("div", { class: "tb-compare-bar" }, title, toggle),
    notice.element,
    scroller,
    code,
  );
  root.classList.add("tb-root");
  root.append(element);

  function choice(label: string, value: boolean) {
    const onclick = () => {
      if (only === value) return;
      only = value;
      drawRows();
      host.onOnlyDifferences?.(only);
    };
    return { value, element: h("button", { type: "button", class: "tb-segment", onclick }, label) };
  }
  const drawRows = () => {
    for (const { value, element } of choices) element.setAttribute("aria-pressed", String(value === only));
    const { scrollLeft } = scroller;
    const shown = shownSections(state.sections, only);
    scroller.replaceChildren(...(state.runs.length === 0 ? [] : [compareTable(state, shown, clock)]));
    const remark = emptyText(state, shown.length);
    if (remark !== null) scroller.append(h("div", { class: "tb-empty" }, remark));
    scroller.scrollLeft = scrollLeft;
  };
  const draw = () => {
    title.textContent = `Comparison of ${plural(state.runs.length, "run")}`;
    drawRows();
    const codes = codeComparisons(state);
    code.replaceChildren(...(codes === null ? [] : [codes]));
  };

  draw();
  return {
    update(next) {
      state = next;
      draw();
    },
    onlyDifferences(next) {
      if (next === only) return;
      only = next;
      drawRows();
    },
    connection: (connection) => notice.connection(connection),
    dispose() {
      clock.dispose();
      element.remove();
    },
  };
}

function emptyText(state: CompareState, shown: number): string | null {
  if (state.runs.length === 0) return "No runs to compare. Select some in a run table, or name them.";
  if (state.runs.length === 1) return "One run has nothing to be compared with. Select two or more.";
  if (shown > 0) return null;
  return state.sections.some((section) => section.rows.length > 0)
    ? "These runs do not differ in what was recorded."
    : "Nothing was recorded for these runs.";
}
