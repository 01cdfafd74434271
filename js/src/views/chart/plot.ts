/** A chart of marks as SVG: axes, points of runs, lines and boxes, with what is under the pointer said beside it. */
import type { Plot } from "../../bridge/plot";
import { axisScale } from "../../lib/axes";
import { type RunColours, sharedRunColours } from "../../lib/runcolours";
import { extent } from "../../lib/scale";
import { toggle } from "../../lib/selection";
import { h, svg, user } from "../dom";
import { redrawEntries } from "../focus";
import { swatch } from "./legend";
import { acrossOf, axes, bottomOf, heightOf, roomOf, TOP, valuesOf } from "./plotaxes";
import { colourOf, marksOf, nearestTo, RADIUS, type Target } from "./plotmarks";
import { redrawn } from "./redraw";
import { type Area, type Place, Stretch } from "./stretch";

export interface PlotHost {
  title(): string;
  /** runs whose points lie in a stretch that was drawn */
  onSelect?(run_ids: string[]): void;
}

export class PlotView {
  private targets: Target[] = [];
  /** which of them is pointed at; -1: none */
  private at = -1;
  private chosen: readonly string[] = [];
  private readonly tip = h("div", { class: "tb-tip", hidden: true });
  private readonly spoken = h("div", { class: "tb-sr", "aria-live": "polite" });
  private readonly box = h("div", { class: "tb-plot", tabindex: 0, role: "img" });
  private readonly legend = h("div", { class: "tb-legend" });
  readonly element = h("div", { class: "tb-plot-box" }, this.box, this.tip, this.spoken, this.legend);
  private readonly marker = svg("circle", { r: RADIUS + 3, class: "tb-plot-marker", visibility: "hidden" });
  private readonly stretch = new Stretch();
  private readonly stop: () => void;

  constructor(
    private plot: Plot,
    private readonly host: PlotHost,
    private readonly looks: RunColours = sharedRunColours(),
  ) {
    this.box.addEventListener("pointerdown", (event) => this.press(event));
    this.box.addEventListener("pointermove", (event) => this.move(event));
    this.box.addEventListener("pointerup", (event) => this.release(event));
    this.box.addEventListener("pointercancel", () => this.stretch.cancel());
    this.box.addEventListener("pointerleave", () => {
      if (!this.stretch.isDrawn) this.show(-1, false);
    });
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("blur", () => this.show(-1, false));
    this.stop = redrawn(this.box, looks, () => this.draw());
  }

  /** What is chosen, and the stretch that chose it, stay where the axes are the same. */
  update(plot: Plot): void {
    const isElsewhere = placesOf(plot) !== placesOf(this.plot);
    this.plot = plot;
    if (isElsewhere) this.stretch.clear();
    this.draw();
    if (isElsewhere && this.chosen.length > 0) this.chooseRuns([]);
  }

  dispose(): void {
    this.stop();
    this.element.remove();
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  private draw(): void {
    const { box, plot, looks, stretch, marker } = this;
    const width = Math.max(240, box.clientWidth || 480);
    const height = plot.square ? Math.min(420, Math.max(220, width * 0.7)) : heightOf(plot);
    const area = areaOf(plot, width, height);
    const x = axisScale(plot.x, valuesOf(plot, "x"), area.left, area.right, roomOf(plot.x));
    const y = axisScale(plot.y, valuesOf(plot, "y"), area.bottom, area.top, 36);
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    const marks = marksOf({ plot, looks, x, y, beyond: width - area.right });
    this.targets = marks.targets;
    stretch.within(area);
    picture.append(axes(plot, x, y, area), ...marks.groups, stretch.element, marker);
    box.replaceChildren(picture);
    const choosing = this.canSelect ? " Enter chooses its run, Space adds it, Escape lets go." : "";
    const said = `${this.host.title()}. ${marks.targets.length} marks; arrow keys go from one to the next.`;
    box.setAttribute("aria-label", said + choosing);
    this.drawLegend();
  }

  private drawLegend(): void {
    const { plot, looks } = this;
    const named = [
      ...plot.lines
        .filter((line) => !line.quiet && line.name)
        .map((line) => ({
          name: line.name,
          run: line.run,
          colour: line.run === null ? colourOf(line.series) : looks.colour(line.run),
        })),
      ...plot.points
        .filter((one) => one.tone === "series")
        .map((one) => ({ name: one.name, run: null, colour: colourOf(one.series) })),
    ];
    const entries =
      named.length < 2
        ? []
        : named.map(({ name, run, colour }) =>
            run === null
              ? h("span", { class: "tb-legend-entry" }, swatch(colour, false), user(name))
              : this.runToggle(name, run, colour),
          );
    const shade = plot.shade === null ? [] : [shadeLegend(plot.shade)];
    redrawEntries(this.legend, [...entries, ...shade]);
  }

  private runToggle(name: string, run: string, colour: string): HTMLElement {
    const { looks } = this;
    const onclick = () => looks.setVisible([run], !looks.isVisible(run));
    return h(
      "button",
      {
        type: "button",
        class: "tb-legend-entry",
        "aria-pressed": String(looks.isVisible(run)),
        "data-run": run,
        onclick,
      },
      swatch(colour, looks.dash(run).length > 0),
      user(name),
    );
  }

  private show(index: number, aloud: boolean): void {
    const { tip, marker, box } = this;
    this.at = index;
    const target = this.targets[index];
    tip.hidden = target === undefined;
    marker.setAttribute("visibility", target === undefined ? "hidden" : "visible");
    if (target === undefined) return;
    marker.setAttribute("cx", String(target.x));
    marker.setAttribute("cy", String(target.y));
    tip.replaceChildren(user(target.label));
    tip.style.insetBlockStart = `${Math.max(0, target.y - 36)}px`;
    const right = target.x > box.clientWidth / 2;
    tip.style.insetInlineStart = right ? "auto" : `${target.x + 12}px`;
    tip.style.insetInlineEnd = right ? `${box.clientWidth - target.x + 12}px` : "auto";
    if (aloud) this.spoken.textContent = target.label;
  }

  // -- choosing ------------------------------------------------------------------------------------------------------

  private get canSelect(): boolean {
    return this.host.onSelect !== undefined && this.plot.points.some((one) => one.runs.some((run) => run !== null));
  }

  private placeOf(event: PointerEvent): Place {
    const { left, top } = this.box.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0 || !this.canSelect) return;
    this.stretch.begin(this.placeOf(event));
    this.box.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const place = this.placeOf(event);
    if (this.stretch.isDrawn) {
      this.stretch.to(place);
      return;
    }
    const near = nearestTo(this.targets, ...place);
    if (near !== this.at) this.show(near, false);
  }

  /** A click chooses the run that is pointed at; within the stretch it leaves what is chosen, beside it lets go. */
  private release(event: PointerEvent): void {
    const { stretch } = this;
    if (!stretch.isDrawn) return;
    const place = this.placeOf(event);
    if (stretch.end(place)) {
      this.choose(this.targets.filter((one) => stretch.holds([one.x, one.y])));
      return;
    }
    const pointed = this.targets.slice(this.at, this.at + 1).filter(({ run }) => run !== null);
    if (pointed.length === 0 && stretch.holds(place)) return;
    stretch.clear();
    this.choose(pointed);
  }

  private choose(targets: readonly Target[]): void {
    this.chooseRuns([...new Set(targets.flatMap(({ run }) => (run === null ? [] : [run])))]);
  }

  private chooseRuns(runs: readonly string[]): void {
    this.chosen = runs;
    this.host.onSelect?.([...runs]);
  }

  private onKey(event: KeyboardEvent): void {
    const { targets, at, chosen } = this;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const run = targets[at]?.run ?? null;
    if (step !== undefined && targets.length > 0) this.show((at + step + targets.length) % targets.length, true);
    else if (event.key === "Escape" && at < 0 && chosen.length > 0) this.byKeys([]);
    else if (event.key === "Escape" && at >= 0) this.show(-1, false);
    else if (event.key === "Enter" && run !== null) this.byKeys([run]);
    else if (event.key === " " && run !== null) this.byKeys(toggle(chosen, run));
    else return;
    event.preventDefault();
  }

  private byKeys(runs: readonly string[]): void {
    this.stretch.clear();
    this.chooseRuns(runs);
  }
}

/** By what values have their places, as text. */
function placesOf(plot: Plot): string {
  const ends = (["x", "y"] as const).map((side) => extent(valuesOf(plot, side)));
  return JSON.stringify([plot.x, plot.y, ends]);
}

/** Where the marks lie. */
function areaOf(plot: Plot, width: number, height: number): Area {
  const [left, most] = acrossOf(plot, width);
  const bottom = bottomOf(plot);
  const right = plot.square ? Math.min(most, left + height - TOP - bottom + 40) : most;
  return { left, right, top: TOP, bottom: height - bottom };
}

const minus = (number: string) => number.replace(/^-/, "−");

export function shadeLegend(shade: NonNullable<Plot["shade"]>): HTMLElement {
  return h(
    "span",
    { class: "tb-legend-entry tb-shades" },
    user(shade.title),
    h("span", { class: "tb-num" }, minus(shade.low)),
    h("span", {
      class: "tb-shade-bar",
      "data-share": String(shade.share),
      role: "img",
      "aria-label": `from ${shade.low} to ${shade.high}`,
    }),
    h("span", { class: "tb-num" }, minus(shade.high)),
  );
}
