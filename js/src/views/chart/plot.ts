/** A chart of marks as SVG: axes, points of runs, lines and boxes, with what is under the pointer said beside it. */
import type { Plot, PlotLine, PlotPoints } from "../../bridge/plot";
import { type AxisScale, axisScale, shadeColour } from "../../lib/axes";
import { PALETTE, type RunColours, sharedRunColours } from "../../lib/runcolours";
import { toggle } from "../../lib/selection";
import { h, svg, user } from "../dom";
import { redrawEntries } from "../focus";
import { swatch } from "./curves";
import { acrossOf, axes, bottomOf, heightOf, roomOf, TOP, textAt, valuesOf } from "./plotaxes";
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

/** Something that can be pointed at. */
interface Target {
  x: number;
  y: number;
  /** px on each side of its middle that it takes itself */
  half: [number, number];
  label: string;
  run: string | null;
}

/** px: of a point; how far from a mark it is still pointed at; how near a point wins over the box around it */
const [RADIUS, NEAR_PX, WINS_PX] = [4, 24, 8];
const INK_TURNS = 0.55;
const colourOf = (series: number) => PALETTE[series % PALETTE.length] as string;

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
    targets = [];
    picture.append(
      axes(plot, x, y, { left, right, bottom: height - bottom }),
      rects(x, y),
      lines(x, y),
      ...plot.points.map((one) => points(one, x, y)),
      brush,
      marker,
    );
    box.replaceChildren(picture);
    const choosing = canSelect() ? " Enter chooses its run, Space adds it, Escape lets go." : "";
    const marks = `${host.title}. ${targets.length} marks; arrow keys go from one to the next.`;
    box.setAttribute("aria-label", marks + choosing);
    drawLegend();
  }

  function rects(x: AxisScale, y: AxisScale): SVGElement {
    const group = svg("g", {});
    for (const one of plot.rects)
      one.x0.forEach((x0, i) => {
        const [left, right] = ordered(x.place(x0), x.place(one.x1[i] as number));
        const [top, bottom] = ordered(y.place(one.y0[i] as number), y.place(one.y1[i] as number));
        const shade = one.shades[i];
        const share = plot.shade?.share === true;
        const own = one.run === null ? colourOf(one.series) : looks.colour(one.run);
        const fill = shade === undefined || share ? own : shadeColour(shade);
        const faint = looks.pointedAt !== null && one.run !== null && one.run !== looks.pointedAt;
        const plain = plot.points.length > 0 || faint ? 0.4 : 0.85;
        const opacity = shade === undefined ? plain : share ? 0.06 + 0.94 * shade : 1;
        const size = {
          width: Math.max(0.5, right - left - (one.labels.length ? 1 : -0.6)),
          height: Math.max(0.5, bottom - top - (one.labels.length ? Number(shade !== undefined) : -0.6)),
        };
        const [cx, cy] = [(left + right) / 2, (top + bottom) / 2];
        const end = one.ends[i] ?? "";
        if (end !== "") group.append(textAt(end, right + 6, cy + 4, "start", { class: "tb-plot-end" }));
        const isBare = x0 === one.x1[i] || one.y0[i] === one.y1[i];
        if (!isBare) group.append(svg("rect", { x: left, y: top, ...size, fill, "fill-opacity": opacity }));
        const text = one.texts[i];
        if (text !== undefined && size.width > 14) {
          const ink = shade !== undefined && shade > INK_TURNS ? "#fff" : "currentColor";
          group.append(textAt(text, cx, cy + 4, "middle", { fill: ink, class: "tb-plot-value" }));
        }
        const label = one.labels[i];
        const half: [number, number] = [(right - left) / 2, (bottom - top) / 2];
        if (label !== undefined) targets.push({ x: cx, y: cy, half, label, run: one.run });
      });
    return group;
  }

  function lines(x: AxisScale, y: AxisScale): SVGElement {
    const group = svg("g", { fill: "none" });
    const isPointed = (line: PlotLine) => line.run !== null && line.run === looks.pointedAt;
    for (const line of [...plot.lines].sort((a, b) => Number(isPointed(a)) - Number(isPointed(b)))) {
      if (line.run !== null && !looks.isVisible(line.run)) continue;
      const d = line.x
        .map((value, i) => `${i ? "L" : "M"}${x.place(value).toFixed(1)} ${y.place(line.y[i] as number).toFixed(1)}`)
        .join("");
      const stroke = line.quiet ? "currentColor" : line.run === null ? colourOf(line.series) : looks.colour(line.run);
      const faint = looks.pointedAt !== null && !isPointed(line) && !line.quiet;
      const dash = line.run === null ? [] : looks.dash(line.run);
      const drawn = svg("path", {
        d,
        stroke,
        "stroke-width": line.quiet ? 1 : 1.8,
        "stroke-opacity": line.quiet ? 0.5 : faint ? 0.3 : 1,
        "stroke-linejoin": "round",
      });
      if (line.quiet && line.name) drawn.setAttribute("stroke-dasharray", "4 4");
      else if (dash.length) drawn.setAttribute("stroke-dasharray", dash.join(" "));
      group.append(drawn);
    }
    return group;
  }

  function points(one: PlotPoints, x: AxisScale, y: AxisScale): SVGElement {
    const group = svg("g", {});
    one.x.forEach((value, i) => {
      const run = one.runs[i] ?? null;
      if (run !== null && !looks.isVisible(run)) return;
      const [cx, cy] = [x.place(value), y.place(one.y[i] as number)];
      const fill =
        one.tone === "shade"
          ? inkedShade(one.shades[i] ?? 0)
          : one.tone === "series"
            ? colourOf(one.series)
            : one.tone === "ink" || run === null
              ? "currentColor"
              : looks.colour(run);
      const big = run !== null && run === looks.pointedAt;
      group.append(
        svg("circle", {
          cx,
          cy,
          r: one.tone === "ink" ? 3 : big ? RADIUS + 2 : RADIUS,
          fill,
          class: `tb-plot-point tb-plot-${one.tone}`,
        }),
      );
      targets.push({ x: cx, y: cy, half: [0, 0], label: one.labels[i] ?? "", run });
    });
    return group;
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

const ordered = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a]);

function nearestTo(targets: readonly Target[], x: number, y: number): number {
  let best = -1;
  let least = NEAR_PX ** 2;
  targets.forEach((target, i) => {
    const beside = (at: number, middle: number, half: number) => Math.max(0, Math.abs(at - middle) - half);
    const [wide, high] = target.half;
    const floor = wide > 0 || high > 0 ? WINS_PX ** 2 : 0;
    const distance = floor + beside(x, target.x, wide) ** 2 + beside(y, target.y, high) ** 2;
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

const minus = (number: string) => number.replace(/^-/, "−");

/** A shade that a thin line or a point can have on a light ground and on a dark one. */
export const inkedShade = (share: number) => `color-mix(in srgb, ${shadeColour(share)} 76%, var(--tb-ink-0))`;

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
