/**
 * The comparison: params, metrics, data, environment and code of several runs side by side, their curves overlaid, their
 * pictures beside each other, and groups of seeds tested; of rows only what differs, unless all is asked for.
 */

import type { CurveSeries } from "../../bridge/chart";
import type { CodePair, CompareState } from "../../bridge/compare";
import type { CodeKind, CurvesParams } from "../../bridge/methods";
import { AGGREGATES, type Aggregate, shownSections } from "../../lib/compare";
import { sharedRunColours } from "../../lib/runcolours";
import { plural } from "../../lib/text";
import { CurvesView } from "../chart/curves";
import { type ImagesView, imagesView } from "../chart/images";
import { Clock } from "../clock";
import { h, uniqueId } from "../dom";
import { Notice } from "../notice";
import { onThemeChange } from "../theme";
import { type Connection, messageOf, type View } from "../view";
import { CodeSection } from "./code";
import { copyButtons } from "./copy";
import { groupsTable } from "./groups";
import { compareTable } from "./table";

export interface CompareHost {
  onlyDifferences: boolean;
  onOnlyDifferences?(only: boolean): void;
  /** the comparison with this run first */
  baseline?(run_id: string): Promise<CompareState>;
  diff?(what: CodeKind): Promise<CodePair[]>;
  curves?(params: CurvesParams): Promise<CurveSeries[]>;
  image?(run_id: string, path: string): Promise<{ uri: string }>;
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
  let aggregate: Aggregate = "last";
  let curves: CurvesView | null = null;
  let images: ImagesView | null = null;
  const looks = sharedRunColours();
  const clock = new Clock(now);
  const notice = new Notice();
  const title = h("div", { class: "tb-table-title" });
  const choices = [choice("Differences only", true), choice("All rows", false)];
  const toggle = h(
    "div",
    { class: "tb-segments", role: "group", "aria-label": "Rows shown" },
    ...choices.map((c) => c.element),
  );
  const metricId = uniqueId("aggregate");
  const metric = h(
    "select",
    {
      id: metricId,
      class: "tb-select",
      onchange: () => {
        aggregate = metric.value as Aggregate;
        drawRows();
      },
    },
    ...AGGREGATES.map((one) => h("option", { value: one }, one)),
  );
  const metrics = h("span", { class: "tb-compare-metric" }, h("label", { for: metricId }, "Metrics"), metric);
  const copy = copyButtons(() => ({
    names: state.runs.map((run) => run.name),
    sections: shownSections(state.sections, only, aggregate),
    groups: state.groups,
  }));
  const scroller = h("div", {
    class: "tb-compare-scroll",
    role: "group",
    tabindex: 0,
    "aria-label": "Comparison of runs",
  });
  const slots = { groups: slot(), curves: slot(), images: slot(), code: slot() };
  const code = new CodeSection(first, host.diff ? { diff: host.diff } : {});
  const element = h(
    "div",
    { class: "tb-compare" },
    h("div", { class: "tb-compare-bar" }, title, metrics, toggle, copy),
    notice.element,
    scroller,
    slots.groups,
    slots.curves,
    slots.images,
    slots.code,
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

  async function setBaseline(run_id: string): Promise<void> {
    try {
      const next = await host.baseline?.(run_id);
      if (next !== undefined) update(next);
      element.querySelector<HTMLElement>(".tb-make-baseline")?.focus();
    } catch (error) {
      notice.error(messageOf(error));
    }
  }

  const drawRows = () => {
    for (const { value, element } of choices) element.setAttribute("aria-pressed", String(value === only));
    const { scrollLeft } = scroller;
    const shown = shownSections(state.sections, only, aggregate);
    const onBaseline = host.baseline && ((run_id: string) => void setBaseline(run_id));
    scroller.replaceChildren(
      ...(state.runs.length === 0 ? [] : [compareTable(state, shown, { clock, looks }, onBaseline)]),
    );
    const remark = emptyText(state, shown.length);
    if (remark !== null) scroller.append(h("div", { class: "tb-empty" }, remark));
    scroller.scrollLeft = scrollLeft;
  };

  /** What stands below the rows; a part that has nothing to show is left out. */
  const drawParts = () => {
    slots.groups.replaceChildren(...(state.groups ? [groupsTable(state.groups)] : []));
    if (curves !== null && state.curves !== null) curves.update(state.curves);
    else {
      curves?.dispose();
      const onError = (error: unknown) => notice.error(messageOf(error));
      const asks = { onError, ...(host.curves ? { curves: host.curves } : {}) };
      curves = state.curves && new CurvesView(state.curves, asks, looks);
      slots.curves.replaceChildren(...(curves ? [part("Curves", curves.element)] : []));
    }
    images?.dispose();
    images = state.images && imagesView(state.images, host.image ? { image: host.image } : {}, looks);
    slots.images.replaceChildren(...(images ? [part("Images", images.element)] : []));
    const hasCode = state.runs.length > 1 && (state.code.length > 0 || host.diff !== undefined);
    slots.code.replaceChildren(...(hasCode ? [code.element] : []));
  };

  function update(next: CompareState): void {
    state = next;
    looks.show(state.runs);
    title.textContent = `Comparison of ${plural(state.runs.length, "run")}`;
    metrics.hidden = !state.sections.some((section) => section.aggregate !== null && section.rows.length > 0);
    copy.hidden = state.runs.length < 2;
    drawRows();
    drawParts();
    code.update(state);
  }

  const stopTheme = onThemeChange(element, () => curves?.repaint());
  update(first);
  return {
    update,
    onlyDifferences(next) {
      if (next === only) return;
      only = next;
      drawRows();
    },
    connection: (connection) => notice.connection(connection),
    dispose() {
      stopTheme();
      curves?.dispose();
      images?.dispose();
      clock.dispose();
      element.remove();
    },
  };
}

const slot = () => h("div", { class: "tb-slot" });

function part(title: string, content: HTMLElement): HTMLElement {
  return h("div", { class: "tb-compare-part" }, h("div", { class: "tb-section-title" }, title), content);
}

function emptyText(state: CompareState, shown: number): string | null {
  if (state.runs.length === 0) return "No runs to compare. Select some in a run table, or name them.";
  if (state.runs.length === 1) return "One run has nothing to be compared with. Select two or more.";
  if (shown > 0) return null;
  return state.sections.some((section) => section.rows.length > 0)
    ? "These runs do not differ in what was recorded. Choose All rows to see it."
    : "Nothing was recorded for these runs. Log params and metrics, or track a cell with %%track.";
}
