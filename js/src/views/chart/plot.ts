/** A chart of marks as SVG: axes, points of runs, lines and boxes, with what is under the pointer said beside it. */
import type { Plot } from "../../bridge/plot";
import { axisScale } from "../../lib/axes";
import { type RunColours, sharedRunColours } from "../../lib/runcolours";
import { toggle } from "../../lib/selection";
import { h, svg, user } from "../dom";
import { redrawEntries } from "../focus";
import { swatch } from "./curves";
import { acrossOf, axes, bottomOf, heightOf, roomOf, TOP, valuesOf } from "./plotaxes";
import { colourOf, marksOf, nearestTo, ordered, RADIUS, type Target } from "./plotmarks";
import { redrawn } from "./redraw";

export interface PlotHost {
  title: string;
  /** runs whose points lie in a stretch that was drawn */
  onSelect?(run_ids: string[]): void;
}

export interface PlotView {
  readonly element: HTMLElement;
  update(plot: Plot): void;
  dispose(): void;
}

export function plotView(first: Plot, host: PlotHost, looks: RunColours = sharedRunColours()): PlotView {
  let plot = first;
  let targets: Target[] = [];
  let at = -1;
  const tip = h("div", { class: "tb-tip", hidden: true });
  const spoken = h("div", { class: "tb-sr", "aria-live": "polite" });
  const box = h("div", { class: "tb-plot", tabindex: 0, role: "img" });
  const legend = h("div", { class: "tb-legend" });
  const element = h("div", { class: "tb-plot-box" }, box, tip, spoken, legend);
  const marker = svg("circle", { r: RADIUS + 3, class: "tb-plot-marker", visibility: "hidden" });
  const brush = svg("rect", { class: "tb-plot-brush", visibility: "hidden" });

  function draw(): void {
    const width = Math.max(240, box.clientWidth || 480);
    const height = plot.square ? Math.min(420, Math.max(220, width * 0.7)) : heightOf(plot);
    const [left, most] = acrossOf(plot, width);
    const bottom = bottomOf(plot);
    const right = plot.square ? Math.min(most, left + height - TOP - bottom + 40) : most;
    const x = axisScale(plot.x, valuesOf(plot, "x"), left, right, roomOf(plot.x));
    const y = axisScale(plot.y, valuesOf(plot, "y"), height - bottom, TOP, 36);
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    const marks = marksOf({ plot, looks, x, y, beyond: width - right });
    targets = marks.targets;
    picture.append(axes(plot, x, y, { left, right, bottom: height - bottom }), ...marks.groups, brush, marker);
    box.replaceChildren(picture);
    const choosing = canSelect() ? " Enter chooses its run, Space adds it, Escape lets go." : "";
    const said = `${host.title}. ${targets.length} marks; arrow keys go from one to the next.`;
    box.setAttribute("aria-label", said + choosing);
    drawLegend();
  }

  function drawLegend(): void {
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
              : runToggle(name, run, colour),
          );
    const shade = plot.shade === null ? [] : [shadeLegend(plot.shade)];
    redrawEntries(legend, [...entries, ...shade]);
  }

  function runToggle(name: string, run: string, colour: string): HTMLElement {
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

  function show(index: number, aloud: boolean): void {
    at = index;
    const target = targets[index];
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
    if (aloud) spoken.textContent = target.label;
  }

  let chosen: readonly string[] = [];
  let from: [number, number] | null = null;
  const placeOf = (event: PointerEvent): [number, number] => {
    const { left, top } = box.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const canSelect = () =>
    host.onSelect !== undefined && plot.points.some((one) => one.runs.some((run) => run !== null));
  box.addEventListener("pointermove", (event) => {
    const [x, y] = placeOf(event);
    if (from !== null) return stretch(from, [x, y]);
    const near = nearestTo(targets, x, y);
    if (near !== at) show(near, false);
  });
  box.addEventListener("pointerleave", () => from ?? show(-1, false));
  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !canSelect()) return;
    from = placeOf(event);
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const [a, b] = [from, placeOf(event)];
    from = null;
    brush.setAttribute("visibility", "hidden");
    const [left, right] = ordered(a[0], b[0]);
    const [top, bottom] = ordered(a[1], b[1]);
    const tiny = right - left < 4 && bottom - top < 4;
    const within = tiny
      ? [targets[at]]
      : targets.filter((one) => one.x >= left && one.x <= right && one.y >= top && one.y <= bottom);
    choose([...new Set(within.map((one) => one?.run).filter((run) => run != null))]);
  });
  function stretch(a: readonly [number, number], b: readonly [number, number]): void {
    const [left, right] = ordered(a[0], b[0]);
    const [top, bottom] = ordered(a[1], b[1]);
    for (const [name, value] of Object.entries({
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      visibility: "visible",
    }))
      brush.setAttribute(name, String(value));
  }
  const choose = (runs: readonly string[]) => {
    chosen = runs;
    host.onSelect?.([...runs]);
  };
  box.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const run = targets[at]?.run ?? null;
    if (step !== undefined && targets.length > 0) show((at + step + targets.length) % targets.length, true);
    else if (event.key === "Escape" && at < 0 && chosen.length > 0) choose([]);
    else if (event.key === "Escape" && at >= 0) show(-1, false);
    else if (event.key === "Enter" && run !== null) choose([run]);
    else if (event.key === " " && run !== null) choose(toggle(chosen, run));
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", () => show(-1, false));

  const stop = redrawn(box, looks, draw);
  return {
    element,
    update(next) {
      plot = next;
      draw();
    },
    dispose() {
      stop();
      element.remove();
    },
  };
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
