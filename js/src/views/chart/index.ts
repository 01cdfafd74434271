/** A chart: its title, what is drawn, how it was computed, and the same as a table. */

import type { ChartPoints, ChartState, CurveSeries } from "../../bridge/chart";
import type { CurvesParams } from "../../bridge/methods";
import { type Begun, sharedRunColours } from "../../lib/runcolours";
import { plural } from "../../lib/text";
import { button, h, user } from "../dom";
import { Notice } from "../notice";
import { onThemeChange } from "../theme";
import { type Connection, messageOf, type View } from "../view";
import { CurvesView } from "./curves";
import { imagesView } from "./images";
import { ParallelView } from "./parallel";
import { PlotView } from "./plot";
import { chartTable } from "./table";

export interface ChartHost {
  curves?(params: CurvesParams): Promise<CurveSeries[]>;
  image?(run_id: string, path: string): Promise<{ uri: string }>;
  /** the chart as the store has it now */
  renew?(): Promise<ChartState>;
  onSelect?(run_ids: string[]): void;
}

export interface ChartView extends View<ChartState> {
  append(points: ChartPoints): void;
  connection(connection: Connection): void;
}

interface Body {
  readonly element: HTMLElement;
  dispose(): void;
}

export function chartView(root: HTMLElement, first: ChartState, host: ChartHost): ChartView {
  let state = first;
  let asTable = false;
  let body: Body | null = null;
  let curves: CurvesView | null = null;
  let plot: PlotView | null = null;
  const looks = sharedRunColours();
  const notice = new Notice();
  const title = h("div", { class: "tb-table-title" });
  const chosen = h("span", { class: "tb-aside", "aria-live": "polite" });
  const note = h("p", { class: "tb-chart-note" });
  const slot = h("div", { class: "tb-chart-body" });
  const switcher = button("Table", () => toTable(!asTable), {
    class: "tb-button tb-toggle",
    "aria-pressed": "false",
    title: "The same as a table",
  });
  const again = button("Refresh", () => void renew(), { title: "Draw what the store has now" });
  again.hidden = host.renew === undefined;
  const bar = h(
    "div",
    { class: "tb-chart-bar" },
    title,
    chosen,
    h("div", { class: "tb-chart-actions" }, again, switcher),
  );
  const element = h(
    "div",
    { class: "tb-chart", role: "group", "aria-label": "Chart" },
    bar,
    notice.element,
    slot,
    note,
  );
  root.classList.add("tb-root");
  root.append(element);

  async function renew(): Promise<void> {
    if (again.ariaBusy === "true") return; // not disabled, which would take the focus away
    again.ariaBusy = "true";
    try {
      const next = await host.renew?.();
      if (next !== undefined) update(next);
      notice.clear();
    } catch (error) {
      notice.error(messageOf(error));
    } finally {
      again.ariaBusy = "false";
    }
  }

  function toTable(next: boolean): void {
    asTable = next;
    switcher.setAttribute("aria-pressed", String(next));
    draw();
  }

  const onSelect = (run_ids: string[]) => {
    chosen.textContent = run_ids.length > 0 ? `${plural(run_ids.length, "run")} selected` : "";
    host.onSelect?.(run_ids);
  };

  function draw(): void {
    body?.dispose();
    curves = null;
    plot = null;
    body = asTable ? still(chartTable(state.table, state.title)) : drawn();
    slot.replaceChildren(body.element);
  }

  function drawn(): Body {
    if (state.curves !== null) {
      const onError = (error: unknown) => notice.error(messageOf(error));
      curves = new CurvesView(state.curves, { onError, ...(host.curves ? { curves: host.curves } : {}) }, looks);
      return curves;
    }
    if (state.parallel !== null) return new ParallelView(state.parallel, { onSelect }, looks);
    if (state.images !== null) return imagesView(state.images, host.image ? { image: host.image } : {}, looks);
    if (state.plot !== null) {
      plot = new PlotView(state.plot, { title: () => state.title, onSelect }, looks);
      return plot;
    }
    return still(h("div", { class: "tb-empty" }, state.note || state.title));
  }

  function update(next: ChartState): void {
    state = next;
    looks.show(runsOf(state));
    title.replaceChildren(user(state.title));
    const empty = state.curves === null && state.plot === null && state.parallel === null && state.images === null;
    note.textContent = empty ? "" : state.note;
    note.hidden = note.textContent === "";
    switcher.hidden = state.table.rows.length === 0;
    if (curves !== null && state.curves !== null && !asTable) curves.update(state.curves);
    else if (plot !== null && state.plot !== null) plot.update(state.plot);
    else draw();
  }

  const stopTheme = onThemeChange(element, () => curves?.repaint());
  update(first);
  return {
    update,
    append: (points) => curves?.append(points),
    connection(connection) {
      notice.connection(connection);
      again.hidden = connection.state === "offline" || host.renew === undefined;
    },
    dispose() {
      stopTheme();
      body?.dispose();
      element.remove();
    },
  };
}

/** The runs that a chart shows by their colours. */
function runsOf({ curves, images, plot }: ChartState): readonly Begun[] {
  if (curves !== null) return curves.runs;
  const begun: (readonly [string | null, number | undefined])[] = [
    ...(images ?? []).map((one) => [one.run, one.start_ms] as const),
    ...(plot?.points ?? []).flatMap(({ runs, starts_ms }) => runs.map((run, i) => [run, starts_ms[i]] as const)),
    ...(plot?.lines ?? []).map((one) => [one.run, one.start_ms] as const),
  ];
  return begun.flatMap(([run_id, start_ms]) =>
    run_id === null || start_ms === undefined ? [] : [{ run_id, start_ms }],
  );
}

function still(element: HTMLElement): Body {
  return { element, dispose: () => element.remove() };
}
