/** The runs or groups of curves by their colours; a run's entry hides it, and shows it alone. */
import type { ChartRun } from "../../bridge/chart";
import { type DrawnRun, groupsOf } from "../../lib/lines";
import type { RunColours } from "../../lib/runcolours";
import { h, user } from "../dom";
import { redrawEntries } from "../focus";
import { groupColour } from "./strokes";

export class CurvesLegend {
  readonly element = h("div", { class: "tb-legend", role: "group", "aria-label": "Runs shown" });
  /** of which runs, and which looks, it was drawn */
  private drawnOf = "";

  /** `beside` has the focus where the entry that had it is gone. */
  constructor(
    private readonly looks: RunColours,
    private readonly beside: HTMLElement,
  ) {}

  groups(runs: readonly ChartRun[], lines: readonly DrawnRun[]): void {
    this.drawnOf = "";
    const shown = lines.filter((line) => this.looks.isVisible(line.run_id));
    const entries = groupsOf(runs, shown).map(({ group, runs: n }, at) => groupEntry(group, n, at));
    this.element.replaceChildren(...entries);
  }

  /** Bars have their names beside them: of runs with bars alone there are only those that are hidden. */
  runs(runs: readonly ChartRun[], onlyBars: boolean): void {
    const { looks } = this;
    const listed = onlyBars ? runs.filter((run) => !looks.isVisible(run.run_id)) : runs;
    // A button that were another one between press and release would hear no click.
    const looksOf = (run: ChartRun) => [looks.isVisible(run.run_id), looks.colour(run.run_id)];
    const wanted = JSON.stringify(listed.map((run) => [run.run_id, run.name, run.running, ...looksOf(run)]));
    if (wanted === this.drawnOf) return;
    this.drawnOf = wanted;
    const entries = listed.map((run) => runEntry(run, runs, looks));
    redrawEntries(this.element, runs.length < 2 ? [] : entries, this.beside);
  }
}

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
