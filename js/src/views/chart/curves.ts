/** Curves of several runs: a panel for each metric, grouped by prefix, one toolbar, one legend, one cross-hair. */

import type { ChartCurves, ChartPoints, ChartRun, CurveSeries } from "../../bridge/chart";
import type { CurvesParams } from "../../bridge/methods";
import { isSingle } from "../../lib/bars";
import { groupsOf, type LineOptions, RunCurves } from "../../lib/lines";
import { type RunColours, sharedRunColours } from "../../lib/runcolours";
import { chartGroups } from "../chartgroups";
import { button, h, uniqueId, user } from "../dom";
import { focusWithin, hasFocus, redrawEntries } from "../focus";
import { BarPanel } from "./barpanel";
import { Panel } from "./panel";
import { groupColour } from "./strokes";
import { type Switches, switches } from "./switches";

export interface CurvesHost {
  curves?(params: CurvesParams): Promise<CurveSeries[]>;
  onError?(error: unknown): void;
}

export interface CurvesView {
  readonly element: HTMLElement;
  update(state: ChartCurves): void;
  append(points: ChartPoints): void;
  repaint(): void;
  dispose(): void;
}

const SHOWN = 8;
const REFETCH_MS = 150;
/** How often runs of other processes are looked at: more seldom, up to the longest, while nothing new comes. */
const POLL_MS = 3000;
const LONGEST_POLL_MS = 60_000;

export function curvesView(first: ChartCurves, host: CurvesHost, looks: RunColours = sharedRunColours()): CurvesView {
  let state = first;
  const overview = new RunCurves();
  overview.replace(state.series);
  let detail: RunCurves | null = null;
  let zoom: [number, number] | null = null;
  let all = false;
  let asked = 0;
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pushed_ms = 0;
  /** of which runs, and which looks, the legend was drawn */
  let legendOf = "";
  const options: LineOptions = optionsOf(state, overview);
  const sync = uniqueId("cursor");
  const panels = new Map<string, Panel | BarPanel>();
  const grid = h("div", { class: "tb-panels" });
  const legend = h("div", { class: "tb-legend", role: "group", "aria-label": "Runs shown" });
  const bar: Switches = switches(
    options,
    hasGroups(state),
    () => {
      detail = null;
      zoom = null;
      draw();
    },
    () => setZoom(null),
  );
  const element = h("div", { class: "tb-curves" }, bar.element, grid, legend);

  function setZoom(range: [number, number] | null): void {
    zoom = range;
    detail = null;
    draw();
    clearTimeout(timer);
    if (range !== null) timer = setTimeout(() => void refetch(range), REFETCH_MS);
  }

  /** The stretch that is shown, as fine as the screen can show it. */
  async function refetch(range: [number, number]): Promise<void> {
    asked += 1;
    const turn = asked;
    const unit = options.x === "step" ? 1 : 1000;
    const air = (range[1] - range[0]) * 0.02;
    const params: CurvesParams = {
      runs: state.runs.map((run) => run.run_id),
      keys: [...panels.keys()].filter((key) => !isBars(panels.get(key))),
      x: options.x,
      start: Math.floor((range[0] - air) * unit),
      end: Math.ceil((range[1] + air) * unit),
      buckets: Math.max(200, grid.clientWidth),
    };
    try {
      const found = await host.curves?.(params);
      if (found === undefined || turn !== asked || zoom !== range) return;
      detail = new RunCurves();
      detail.replace(found);
      draw();
    } catch (error) {
      if (turn === asked) host.onError?.(error);
    }
  }

  /** The metric whose panel had the focus and became another, null where none did. */
  function layOut(): string | null {
    const wanted = all || state.keys.length <= SHOWN + 1 ? state.keys : state.keys.slice(0, SHOWN);
    const height = wanted.length === 1 ? 260 : wanted.length === 2 ? 200 : 160;
    if (wanted.length === panels.size && wanted.every((key) => panels.has(key))) return turned(height);
    const fits = (key: string) => isBars(panels.get(key)) === hasBars(key);
    for (const [key, panel] of panels) {
      if (wanted.includes(key) && fits(key)) continue;
      panel.dispose();
      panels.delete(key);
    }
    const groups = chartGroups(wanted, (key, title) => panelOf(key, title, height).element);
    grid.setAttribute("data-count", String(wanted.length));
    const rest = state.keys.length - wanted.length;
    const more =
      rest > 0
        ? [
            button(
              `Show ${rest} more`,
              () => {
                all = true;
                draw();
              },
              { class: "tb-button tb-quiet" },
            ),
          ]
        : [];
    grid.replaceChildren(...groups, ...more);
    return null;
  }

  /** Panels of metrics that came to have bars, or a curve, become others where they stand. */
  function turned(height: number): string | null {
    let held: string | null = null;
    for (const [key, panel] of [...panels]) {
      if (isBars(panel) === hasBars(key)) continue;
      if (hasFocus(panel.element)) held = key;
      const made = newPanel(key, panel.title, height);
      panels.set(key, made);
      panel.element.replaceWith(made.element);
      panel.dispose();
    }
    return held;
  }

  /** Whether a metric has one value a run. */
  function hasBars(key: string): boolean {
    return isSingle(state.runs.map(({ run_id, running }) => ({ count: overview.held(run_id, key), running })));
  }

  function panelOf(key: string, title: string, height: number): Panel | BarPanel {
    const panel = panels.get(key) ?? newPanel(key, title, height);
    panels.set(key, panel);
    return panel;
  }

  const newPanel = (key: string, title: string, height: number) =>
    hasBars(key)
      ? new BarPanel(title, key, { looks })
      : new Panel(title, key, { looks, sync, height, onZoom: setZoom });

  function draw(): void {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(drawNow);
  }

  function drawNow(): void {
    const held = layOut();
    bar.zoomed(zoom !== null);
    const linesOf = (key: string) => {
      const source = isBars(panels.get(key)) ? overview : (detail ?? overview);
      return state.runs.map((run) => source.line(run, key, options)).filter((line) => line !== null);
    };
    for (const [key, panel] of panels) panel.update({ runs: state.runs, lines: linesOf(key), options, zoom });
    const focused = held === null ? undefined : panels.get(held);
    if (focused !== undefined) focusWithin(focused.element);
    const curved = [...panels.keys()].filter((key) => !isBars(panels.get(key)));
    bar.curves(curved.length > 0);
    drawLegend(curved[0] === undefined ? null : linesOf(curved[0]));
  }

  /** Bars have their names beside them: with `null` there is only what is hidden. */
  function drawLegend(lines: Parameters<typeof groupsOf>[1] | null): void {
    if (options.grouped && lines !== null) {
      legendOf = "";
      const groups = groupsOf(
        state.runs,
        lines.filter((line) => looks.isVisible(line.run_id)),
      );
      legend.replaceChildren(...groups.map(({ group, runs }, at) => groupEntry(group, runs, at)));
      return;
    }
    // A button that were another one between press and release would hear no click.
    const looksOf = (run: ChartRun) => [looks.isVisible(run.run_id), looks.colour(run.run_id)];
    const listed = lines === null ? state.runs.filter((run) => !looks.isVisible(run.run_id)) : state.runs;
    const wanted = JSON.stringify(listed.map((run) => [run.run_id, run.name, run.running, ...looksOf(run)]));
    if (wanted === legendOf) return;
    legendOf = wanted;
    const entries = listed.map((run) => runEntry(run, state.runs, looks));
    redrawEntries(legend, state.runs.length < 2 ? [] : entries, grid);
  }

  const stopLooks = looks.onChange(draw);
  const stopPolling = poll();

  /** Runs that other processes log: their curves are asked for now and then, while anybody looks. */
  function poll(): () => void {
    let wait = POLL_MS;
    let next: ReturnType<typeof setTimeout>;
    const look = async () => {
      const running = state.runs.filter((run) => run.running).map((run) => run.run_id);
      const quiet = Date.now() - pushed_ms > 2 * POLL_MS;
      if (running.length > 0 && quiet && document.visibilityState !== "hidden" && element.isConnected) {
        const before = total(running);
        const params = { runs: running, keys: state.keys, x: options.x, start: null, end: null, buckets: 500 };
        try {
          const found = await host.curves?.(params);
          if (found !== undefined) {
            overview.replace(found);
            draw();
          }
        } catch {
          // the connection's own notice says that nobody answers
        }
        wait = total(running) > before ? POLL_MS : Math.min(LONGEST_POLL_MS, wait * 2);
      }
      next = setTimeout(() => void look(), wait);
    };
    next = setTimeout(() => void look(), wait);
    return () => clearTimeout(next);
  }

  const total = (runs: readonly string[]) =>
    runs.reduce((sum, run) => sum + state.keys.reduce((one, key) => one + overview.count(run, key), 0), 0);

  drawNow();
  return {
    element,
    update(next) {
      state = next;
      overview.replace(next.series);
      bar.groups(hasGroups(next));
      draw();
    },
    append({ series, ended }) {
      pushed_ms = Date.now();
      overview.append(series);
      detail?.append(series);
      if (ended.length > 0)
        state = {
          ...state,
          runs: state.runs.map((run) => (ended.includes(run.run_id) ? { ...run, running: false } : run)),
        };
      draw();
    },
    repaint() {
      for (const panel of panels.values()) panel.repaint();
    },
    dispose() {
      stopLooks();
      stopPolling();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      for (const panel of panels.values()) panel.dispose();
      panels.clear();
      element.remove();
    },
  };
}

function optionsOf(state: ChartCurves, curves: RunCurves): LineOptions {
  const stepless = state.x === "step" && curves.isStepless(state.runs, state.keys);
  const { log, log_x, smoothing, clip, grouped } = state;
  return { x: stepless ? "relative" : state.x, log, log_x, smoothing, clip, grouped };
}

const isBars = (panel: Panel | BarPanel | undefined) => panel instanceof BarPanel;

const hasGroups = (state: ChartCurves) => state.runs.some((run) => run.group !== null) || state.runs.length > 1;

function runEntry(run: ChartRun, runs: readonly ChartRun[], looks: RunColours): HTMLElement {
  const own = [run.run_id];
  const visible = looks.isVisible(run.run_id);
  const point = () => looks.pointAt(run.run_id);
  const leave = () => looks.pointAt(null);
  return h(
    "button",
    {
      type: "button",
      class: "tb-legend-entry",
      "aria-pressed": String(visible),
      "data-run": run.run_id,
      title: `${visible ? "Click to hide" : "Click to show"}, with Shift to show it alone, and again to show all`,
      onclick: ({ shiftKey }: MouseEvent) => {
        if (!shiftKey) return looks.setVisible(own, !visible);
        const others = runs.map((one) => one.run_id).filter((id) => id !== run.run_id);
        const isAlone = visible && !others.some((id) => looks.isVisible(id));
        looks.setVisible(others, isAlone);
        looks.setVisible(own, true);
      },
      onpointerenter: point,
      onpointerleave: leave,
      onfocus: point,
      onblur: leave,
    },
    swatch(looks.colour(run.run_id), looks.dash(run.run_id).length > 0),
    user(run.name),
    run.running && h("span", { class: "tb-pulse", role: "img", "aria-label": "running" }),
  );
}

function groupEntry(group: string, runs: number, at: number): HTMLElement {
  return h(
    "span",
    { class: "tb-legend-entry" },
    swatch(groupColour(at), false),
    user(group),
    h("span", { class: "tb-aside" }, `n = ${runs}`),
  );
}

export function swatch(colour: string, dashed: boolean): HTMLElement {
  return h("span", { class: "tb-swatch", style: `--tb-swatch:${colour}`, "data-dashed": String(dashed) });
}
