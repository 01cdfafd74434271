/** Curves of several runs: a panel for each metric, grouped by prefix, one toolbar, one legend, one cross-hair. */

import type { ChartCurves, ChartPoints, CurveSeries } from "../../bridge/chart";
import type { CurvesParams } from "../../bridge/methods";
import { isSingle } from "../../lib/bars";
import { type DrawnRun, type LineOptions, RunCurves } from "../../lib/lines";
import { type RunColours, sharedRunColours } from "../../lib/runcolours";
import { chartGroups } from "../chartgroups";
import { button, h, uniqueId } from "../dom";
import { focusWithin, hasFocus } from "../focus";
import { BarPanel } from "./barpanel";
import { CurvesLegend } from "./legend";
import { Panel } from "./panel";
import { isQuiet, polling } from "./poll";
import { type Switches, switches } from "./switches";

export interface CurvesHost {
  curves?(params: CurvesParams): Promise<CurveSeries[]>;
  onError?(error: unknown): void;
}

const SHOWN = 8;
const REFETCH_MS = 150;
/** Points of a curve that is looked at again. */
const OVERVIEW = 500;

export class CurvesView {
  private readonly overview = new RunCurves();
  /** of the stretch that is shown, where there is one and it has come */
  private detail: RunCurves | null = null;
  private zoom: [number, number] | null = null;
  /** what the overview holds is averaged, for the means of groups */
  private isAveraged: boolean;
  /** not only the first panels */
  private all = false;
  /** questions for details */
  private asked = 0;
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pushed_ms = 0;
  private readonly options: LineOptions;
  private readonly sync = uniqueId("cursor");
  private readonly panels = new Map<string, Panel | BarPanel>();
  private readonly grid = h("div", { class: "tb-panels" });
  private readonly legend: CurvesLegend;
  private readonly bar: Switches;
  readonly element: HTMLElement;
  private readonly stops: (() => void)[];

  constructor(
    private state: ChartCurves,
    private readonly host: CurvesHost,
    private readonly looks: RunColours = sharedRunColours(),
  ) {
    this.overview.replace(state.series);
    this.isAveraged = state.grouped;
    this.options = optionsOf(state, this.overview);
    this.legend = new CurvesLegend(looks, this.grid);
    const showAll = () => this.setZoom(null);
    this.bar = switches(this.options, hasGroups(state), () => this.switched(), showAll);
    this.element = h("div", { class: "tb-curves" }, this.bar.element, this.grid, this.legend.element);
    this.stops = [looks.onChange(() => this.draw()), polling(() => this.look())];
    this.drawNow();
  }

  update(state: ChartCurves): void {
    this.state = state;
    this.overview.replace(state.series);
    this.isAveraged = state.grouped;
    this.bar.groups(hasGroups(state));
    this.draw();
    this.match();
  }

  append({ series, ended }: ChartPoints): void {
    this.pushed_ms = Date.now();
    this.overview.append(series);
    this.detail?.append(series);
    const isEnded = (run_id: string) => ended.includes(run_id);
    if (ended.length > 0) {
      const runs = this.state.runs.map((run) => (isEnded(run.run_id) ? { ...run, running: false } : run));
      this.state = { ...this.state, runs };
    }
    this.draw();
  }

  /** Colours are read anew: the theme changed. */
  repaint(): void {
    for (const panel of this.panels.values()) panel.repaint();
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    for (const panel of this.panels.values()) panel.dispose();
    this.panels.clear();
    this.element.remove();
  }

  // -- what is shown of the curves -----------------------------------------------------------------------------------

  private switched(): void {
    this.detail = null;
    this.zoom = null;
    this.draw();
    this.match();
  }

  /** The overview is read anew where it is thinned in another way than is drawn. */
  private match(): void {
    if (this.options.grouped === this.isAveraged) return;
    this.read(this.state.runs.map((run) => run.run_id)).catch((error) => this.host.onError?.(error));
  }

  private setZoom(range: [number, number] | null): void {
    this.zoom = range;
    this.detail = null;
    this.draw();
    clearTimeout(this.timer);
    if (range !== null) this.timer = setTimeout(() => void this.refetch(range), REFETCH_MS);
  }

  /** The stretch that is shown, as fine as the screen can show it. */
  private async refetch(range: [number, number]): Promise<void> {
    this.asked += 1;
    const turn = this.asked;
    const unit = this.options.x === "step" ? 1 : 1000;
    const air = (range[1] - range[0]) * 0.02;
    const params: CurvesParams = {
      runs: this.state.runs.map((run) => run.run_id),
      keys: this.curved,
      x: this.options.x,
      start: Math.floor((range[0] - air) * unit),
      end: Math.ceil((range[1] + air) * unit),
      buckets: Math.max(200, this.grid.clientWidth),
      means: this.options.grouped,
    };
    try {
      const found = await this.host.curves?.(params);
      if (found === undefined || turn !== this.asked || this.zoom !== range) return;
      this.detail = new RunCurves();
      this.detail.replace(found);
      this.draw();
    } catch (error) {
      if (turn === this.asked) this.host.onError?.(error);
    }
  }

  /** Runs that other processes log: their curves are asked for now and then, while anybody looks. */
  private async look(): Promise<boolean | null> {
    const runs = this.state.runs.filter((run) => run.running).map((run) => run.run_id);
    const isSeen = document.visibilityState !== "hidden" && this.element.isConnected;
    if (runs.length === 0 || !isQuiet(this.pushed_ms) || !isSeen) return null;
    const before = this.count(runs);
    try {
      await this.read(runs);
    } catch {
      // the connection's own notice says that nobody answers
    }
    return this.count(runs) > before;
  }

  /** The overview of these runs, as it is drawn: the means of groups are those of averaged curves. */
  private async read(runs: string[]): Promise<void> {
    const { state, host, options } = this;
    const { x, grouped } = options;
    const params = { runs, keys: state.keys, x, start: null, end: null, buckets: OVERVIEW, means: grouped };
    const found = await host.curves?.(params);
    if (found === undefined || grouped !== options.grouped) return;
    this.overview.replace(found);
    this.isAveraged = grouped;
    this.draw();
  }

  private count(runs: readonly string[]): number {
    const counts = runs.flatMap((run) => this.state.keys.map((key) => this.overview.count(run, key)));
    return counts.reduce((sum, one) => sum + one, 0);
  }

  // -- panels --------------------------------------------------------------------------------------------------------

  /** The metrics that are drawn as curves. */
  private get curved(): string[] {
    return [...this.panels].filter(([, panel]) => !isBars(panel)).map(([key]) => key);
  }

  /** Whether a metric has one value a run. */
  private hasBars(key: string): boolean {
    return isSingle(
      this.state.runs.map(({ run_id, running }) => ({ count: this.overview.held(run_id, key), running })),
    );
  }

  /** The metric whose panel had the focus and became another, null where none did. */
  private layOut(): string | null {
    const { panels, grid } = this;
    const { keys } = this.state;
    const wanted = this.all || keys.length <= SHOWN + 1 ? keys : keys.slice(0, SHOWN);
    const height = wanted.length === 1 ? 260 : wanted.length === 2 ? 200 : 160;
    if (wanted.length === panels.size && wanted.every((key) => panels.has(key))) return this.turned(height);
    for (const [key, panel] of panels) {
      if (wanted.includes(key) && isBars(panel) === this.hasBars(key)) continue;
      panel.dispose();
      panels.delete(key);
    }
    const groups = chartGroups(wanted, (key, title) => this.panelOf(key, title, height).element);
    grid.setAttribute("data-count", String(wanted.length));
    grid.replaceChildren(...groups, ...this.more(keys.length - wanted.length));
    return null;
  }

  private more(rest: number): HTMLElement[] {
    const showAll = () => {
      this.all = true;
      this.draw();
    };
    return rest > 0 ? [button(`Show ${rest} more`, showAll, { class: "tb-button tb-quiet" })] : [];
  }

  /** Panels of metrics that came to have bars, or a curve, become others where they stand. */
  private turned(height: number): string | null {
    let held: string | null = null;
    for (const [key, panel] of [...this.panels]) {
      if (isBars(panel) === this.hasBars(key)) continue;
      if (hasFocus(panel.element)) held = key;
      const made = this.newPanel(key, panel.title, height);
      this.panels.set(key, made);
      panel.element.replaceWith(made.element);
      panel.dispose();
    }
    return held;
  }

  private panelOf(key: string, title: string, height: number): Panel | BarPanel {
    const panel = this.panels.get(key) ?? this.newPanel(key, title, height);
    this.panels.set(key, panel);
    return panel;
  }

  private newPanel(key: string, title: string, height: number): Panel | BarPanel {
    const { looks, sync } = this;
    if (this.hasBars(key)) return new BarPanel(title, key, { looks });
    return new Panel(title, key, { looks, sync, height, onZoom: (range) => this.setZoom(range) });
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  private draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.drawNow());
  }

  private drawNow(): void {
    const { panels, state, options, zoom } = this;
    const held = this.layOut();
    this.bar.zoomed(zoom !== null);
    for (const [key, panel] of panels) panel.update({ runs: state.runs, lines: this.linesOf(key), options, zoom });
    const focused = held === null ? undefined : panels.get(held);
    if (focused !== undefined) focusWithin(focused.element);
    const [first] = this.curved;
    this.bar.curves(first !== undefined);
    if (options.grouped && first !== undefined) this.legend.groups(state.runs, this.linesOf(first));
    else this.legend.runs(state.runs, first === undefined);
  }

  private linesOf(key: string): DrawnRun[] {
    const source = isBars(this.panels.get(key)) ? this.overview : (this.detail ?? this.overview);
    return this.state.runs.map((run) => source.line(run, key, this.options)).filter((line) => line !== null);
  }
}

function optionsOf(state: ChartCurves, curves: RunCurves): LineOptions {
  const stepless = state.x === "step" && curves.isStepless(state.runs, state.keys);
  const { log, log_x, smoothing, clip, grouped } = state;
  return { x: stepless ? "relative" : state.x, log, log_x, smoothing, clip, grouped };
}

const isBars = (panel: Panel | BarPanel | undefined) => panel instanceof BarPanel;

const hasGroups = (state: ChartCurves) => state.runs.some((run) => run.group !== null) || state.runs.length > 1;
