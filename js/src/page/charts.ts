/** The curves beside a table: of the selected runs, else of those that the table begins with. */
import type { ChartState, CurveSeries } from "../bridge/chart";
import type { CurvesParams } from "../bridge/methods";
import type { TableRow } from "../bridge/table";
import { recall, remember } from "../lib/memory";
import { plural } from "../lib/text";
import { asker, type Source } from "../stored/source";
import { type ChartView, chartView } from "../views/chart/index";
import { button, h } from "../views/dom";
import { messageOf } from "../views/view";

const CHARTS = "page-charts";
/** Runs whose curves stand beside the table, unless others are selected. */
const CHARTED = 10;
const MOST_CHARTED = 20;
const SETTLE_MS = 250;

export class Charts {
  readonly element = h("section", { class: "tb-page-charts", "aria-label": "Charts" });
  private readonly body = h("div");
  private readonly said = h("span", { class: "tb-muted", role: "status" });
  private readonly toggle = button("", () => this.open(!this.isOpen), { class: "tb-button tb-page-charts-toggle" });
  private view: ChartView | null = null;
  private first: string[] = [];
  private selected: string[] = [];
  private drawnOf = "";
  private isOpen = recall(CHARTS) !== "closed";
  private settle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly source: Source) {
    this.element.append(h("div", { class: "tb-page-charts-bar" }, this.said, this.toggle), this.body);
    this.open(this.isOpen);
  }

  /** The rows that came last from the beginning of the table. */
  rows(rows: readonly TableRow[]): void {
    this.first = rows.slice(0, CHARTED).map((row) => row.run.run_id);
    this.plan();
  }

  select(run_ids: readonly string[]): void {
    this.selected = run_ids.slice(0, MOST_CHARTED);
    this.plan();
  }

  dispose(): void {
    clearTimeout(this.settle);
    this.view?.dispose();
  }

  private open(isOpen: boolean): void {
    this.isOpen = isOpen;
    remember(CHARTS, isOpen ? null : "closed");
    this.toggle.textContent = isOpen ? "Hide charts" : "Charts";
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    this.element.setAttribute("data-open", String(isOpen));
    this.body.hidden = !isOpen;
    this.said.hidden = !isOpen;
    this.plan();
  }

  private plan(): void {
    clearTimeout(this.settle);
    if (this.isOpen) this.settle = setTimeout(() => void this.draw(), SETTLE_MS);
  }

  private async draw(): Promise<void> {
    const isChosen = this.selected.length > 0;
    const run_ids = isChosen ? this.selected : this.first;
    const wanted = String(run_ids);
    this.element.setAttribute("data-empty", String(run_ids.length === 0));
    if (wanted === this.drawnOf) return;
    this.drawnOf = wanted;
    this.said.textContent = run_ids.length === 0 ? "" : "Drawing curves…";
    const put = asker(this.source, "chart", { run_ids });
    try {
      const state = run_ids.length === 0 ? null : await put<ChartState>("state", {});
      if (wanted !== this.drawnOf) return;
      this.show(state, put);
      const which = isChosen
        ? `the ${plural(run_ids.length, "selected run")}`
        : `the first ${plural(run_ids.length, "run")}`;
      this.said.textContent = state === null ? "" : `Curves of ${which}`;
    } catch (error) {
      if (wanted !== this.drawnOf) return;
      this.drawnOf = "";
      this.said.textContent = messageOf(error);
    }
  }

  private show(state: ChartState | null, put: <T>(method: string, params: object) => Promise<T>): void {
    this.view?.dispose();
    this.view = null;
    if (state === null) return;
    this.view = chartView(this.body, state, {
      curves: (params: CurvesParams) => put<CurveSeries[]>("curves", params),
      image: (run_id, path) => put("image", { run_id, path }),
    });
  }
}
