/**
 * One metric of several runs on a canvas.  uPlot has the axes, the cursor and the size; the lines are ours, since the
 * runs have points at different places, and a million of them are thinned before they come here.
 */
import uPlot from "uplot";
import type { ChartRun } from "../../bridge/chart";
import { formatTick } from "../../lib/axes";
import { type DrawnGroup, type DrawnRun, extentX, groupsOf, type LineOptions, rangeY, zoomed } from "../../lib/lines";
import { formatNumber } from "../../lib/number";
import { pixelPath, straight } from "../../lib/pixels";
import { DASHES, PALETTE, type RunColours } from "../../lib/runcolours";
import { ticks } from "../../lib/scale";
import { nearest } from "../../lib/smoothing";
import { formatElapsed } from "../../lib/time";
import { axisStyle, canDraw, resolved } from "../canvas";
import { h, user } from "../dom";

export interface PanelHost {
  looks: RunColours;
  sync: string;
  height: number;
  /** a stretch of x was chosen; null: all of it */
  onZoom(range: [number, number] | null): void;
}

export interface PanelData {
  runs: readonly ChartRun[];
  lines: readonly DrawnRun[];
  options: LineOptions;
  zoom: [number, number] | null;
}

const TIP_RUNS = 12;
const FAINT = 0.22;
const UNITS = { step: "step", time: "time", relative: "" } as const;

export class Panel {
  readonly element: HTMLElement;
  private readonly box = h("div", { class: "tb-panel-plot" });
  private readonly readout = h("span", { class: "tb-curve-readout", "aria-live": "polite" });
  private readonly tip = h("div", { class: "tb-tip", hidden: true });
  private readonly resize: ResizeObserver;
  private plot: uPlot | null = null;
  private made = "";
  private data: PanelData | null = null;
  private groups: DrawnGroup[] = [];
  private whole: [number, number] = [0, 1];
  private range: [number, number] = [0, 1];
  private rangeY: [number, number] = [0, 1];
  private cursor: number | null = null;
  private pointerIsHere = false;

  constructor(
    title: string,
    private readonly fullTitle: string,
    private readonly host: PanelHost,
  ) {
    const name = user(title, "tb-strong", fullTitle);
    this.element = h("figure", { class: "tb-panel" }, h("figcaption", {}, name, this.readout), this.box, this.tip);
    this.box.setAttribute("role", "img");
    this.box.tabIndex = 0;
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("pointerenter", () => this.here(true));
    this.box.addEventListener("pointerleave", () => this.here(false));
    this.box.addEventListener("dblclick", () => this.host.onZoom(null));
    this.resize = new ResizeObserver(() => this.fit());
    this.resize.observe(this.box);
  }

  update(data: PanelData): void {
    this.data = data;
    const shown = data.lines.filter((line) => this.host.looks.isVisible(line.run_id));
    this.groups = data.options.grouped ? groupsOf(data.runs, shown) : [];
    this.whole = extentX(shown) ?? [0, 1];
    if (this.whole[0] === this.whole[1]) this.whole = [this.whole[0] - 1, this.whole[1] + 1];
    this.range = data.zoom ?? this.whole;
    this.rangeY = rangeY(shown, this.range, data.options);
    this.describe(shown);
    const wanted = JSON.stringify([
      data.options.x,
      data.options.log && this.rangeY[0] > 0,
      data.options.log,
      data.options.log_x,
    ]);
    if (wanted !== this.made) {
      this.plot?.destroy();
      this.plot = null;
      this.made = wanted;
    }
    if (this.plot === null) this.start();
    else this.redraw();
  }

  /** Colours are read anew: the theme changed. */
  repaint(): void {
    this.colours.clear();
    this.plot?.redraw(false, true);
  }

  dispose(): void {
    this.resize.disconnect();
    this.plot?.destroy();
  }

  private readonly colours = new Map<string, string>();

  private colourOf(token: string): string {
    const known = this.colours.get(token) ?? resolved(this.box, token);
    this.colours.set(token, known);
    return known;
  }

  private here(is: boolean): void {
    this.pointerIsHere = is;
    if (!is) this.tip.hidden = true;
  }

  private fit(): void {
    if (this.plot === null) this.start();
    else if (this.box.clientWidth > 0 && this.plot.width !== this.box.clientWidth)
      this.plot.setSize({ width: this.box.clientWidth, height: this.host.height });
  }

  private start(): void {
    if (this.data === null || this.plot !== null || this.box.clientWidth === 0 || !canDraw()) return;
    this.plot = new uPlot(this.options(this.data.options), [this.range, [null, null]], this.box);
  }

  private redraw(): void {
    const { plot } = this;
    plot?.batch(() => {
      plot.setData([this.range, [null, null]], false);
      plot.setScale("x", { min: this.range[0], max: this.range[1] });
      plot.setScale("y", { min: this.rangeY[0], max: this.rangeY[1] });
    });
    plot?.redraw();
  }

  private describe(shown: readonly DrawnRun[]): void {
    const points = shown.reduce((sum, line) => sum + line.x.length, 0);
    const last = shown.map((line) => `${line.name} ${formatNumber(lastOf(line.y))}`).slice(0, 4);
    this.box.setAttribute(
      "aria-label",
      `${this.fullTitle}: ${shown.length} ${shown.length === 1 ? "run" : "runs"}, ${points} points, ends at ${last.join(", ")}. ` +
        "Arrow keys move the cross-hair, plus and minus zoom, Escape shows all.",
    );
  }

  private options({ x, log, log_x }: LineOptions): uPlot.Options {
    const colour = (token: string) => () => this.colourOf(token);
    const axis = axisStyle(this.box, colour);
    const labels = (_: uPlot, splits: number[]) => splits.map(formatTick);
    const labelsY = (_: uPlot, splits: number[]) =>
      splits.map((value) => (log && !isRound(value) ? "" : formatTick(value)));
    return {
      width: this.box.clientWidth,
      height: this.host.height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: `${this.host.sync}-${x}`, scales: ["x", null] },
        drag: { x: true, y: false, setScale: false },
        points: { show: false },
      },
      scales: {
        x: {
          time: x === "time",
          auto: false,
          range: () => this.range,
          ...(log_x && x !== "time" ? { distr: 4 as const } : {}),
        },
        y: {
          auto: false,
          range: () => this.rangeY,
          ...(log ? { distr: this.rangeY[0] > 0 ? (3 as const) : (4 as const) } : {}),
        },
      },
      axes: [
        {
          ...axis,
          size: 20,
          space: 64,
          grid: { show: false },
          ...(x === "time" ? {} : { values: x === "step" ? labels : seconds }),
          ...(x === "step" && !log_x
            ? { splits: (_: uPlot, _axis: number, low: number, high: number) => this.steps(low, high) }
            : {}),
        },
        {
          ...axis,
          size: 50,
          space: 28,
          values: labelsY,
          ...(log
            ? {}
            : {
                splits: (_: uPlot, _axis: number, low: number, high: number) => ticks(low, high, this.host.height / 30),
              }),
        },
      ],
      series: [{}, { show: true, stroke: "transparent" }],
      hooks: {
        draw: [(plot) => this.paint(plot)],
        setCursor: [(plot) => this.onCursor(plot)],
        setSelect: [(plot) => this.onSelect(plot)],
      },
    };
  }

  /** Steps are whole numbers: no tick lies between two. */
  private steps(low: number, high: number): number[] {
    return ticks(low, high, Math.max(2, this.box.clientWidth / 80)).filter(Number.isInteger);
  }

  private onSelect(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    const range: [number, number] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.host.onZoom(range);
  }

  private onCursor(plot: uPlot): void {
    const { left } = plot.cursor;
    this.cursor = left === undefined || left === null || left < 0 ? null : plot.posToVal(left, "x");
    this.read();
  }

  /** What stands at the cross-hair: in the caption the place, beside the pointer each run. */
  private read(): void {
    const rows = this.cursor === null ? [] : this.rowsAt(this.cursor);
    const pointed =
      rows.find((row) => row.id === this.host.looks.pointedAt) ?? (rows.length === 1 ? rows[0] : undefined);
    this.readout.replaceChildren(
      ...(this.cursor === null
        ? []
        : [
            h("span", { class: "tb-curve-step" }, this.placeText(rows[0]?.x ?? this.cursor)),
            pointed ? h("b", {}, formatNumber(pointed.value)) : "",
          ]),
    );
    this.tip.hidden = !this.pointerIsHere || rows.length === 0;
    if (this.tip.hidden) return;
    rows.sort((a, b) => b.value - a.value);
    const more = rows.length - TIP_RUNS;
    this.tip.replaceChildren(
      ...rows
        .slice(0, TIP_RUNS)
        .map((row) =>
          h(
            "div",
            { class: "tb-tip-row" },
            h("span", { class: "tb-swatch", style: `--tb-swatch:${row.colour}` }),
            user(row.name),
            h("b", { class: "tb-num" }, formatNumber(row.value)),
            row.more && h("span", { class: "tb-aside" }, row.more),
          ),
        ),
      more > 0 ? h("div", { class: "tb-aside" }, `and ${more} more`) : "",
    );
    this.placeTip();
  }

  private placeTip(): void {
    const left = this.plot?.cursor.left ?? 0;
    const right = left > this.box.clientWidth / 2;
    this.tip.style.insetInlineStart = right ? "auto" : `${left + 64}px`;
    this.tip.style.insetInlineEnd = right ? `${this.box.clientWidth - left + 8 - 50}px` : "auto";
  }

  private rowsAt(x: number): { id: string; name: string; colour: string; value: number; x: number; more: string }[] {
    if (this.data?.options.grouped)
      return this.groups.flatMap(({ group, band }, at) => {
        const i = nearest(band.x, x);
        if (i < 0) return [];
        const spread = (band.high[i] as number) - (band.mean[i] as number);
        const more = `± ${formatNumber(spread)}, n = ${band.n[i]}`;
        return [
          {
            id: group,
            name: group,
            colour: groupColour(at),
            value: band.mean[i] as number,
            x: band.x[i] as number,
            more,
          },
        ];
      });
    return this.shown().flatMap((line) => {
      const i = nearest(line.x, x);
      if (i < 0 || x > lastOf(line.x) + (this.range[1] - this.range[0]) * 0.02) return [];
      const value = line.y[i] as number;
      const colour = this.host.looks.colour(line.run_id);
      const more = line.raw[i] !== value ? `raw ${formatNumber(line.raw[i] as number)}` : "";
      return [{ id: line.run_id, name: line.name, colour, value, x: line.x[i] as number, more }];
    });
  }

  private shown(): readonly DrawnRun[] {
    return (this.data?.lines ?? []).filter((line) => this.host.looks.isVisible(line.run_id));
  }

  private placeText(x: number): string {
    const kind = this.data?.options.x ?? "step";
    if (kind === "time") return new Date(x * 1000).toLocaleTimeString();
    return kind === "relative" ? formatElapsed(x * 1000) : `${UNITS.step} ${formatTick(x)}`;
  }

  private onKey(event: KeyboardEvent): void {
    const { key, shiftKey } = event;
    const step = ((this.range[1] - this.range[0]) / 50) * (shiftKey ? 10 : 1);
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const from = this.cursor ?? (this.range[0] + this.range[1]) / 2;
      const x = Math.min(this.range[1], Math.max(this.range[0], from + (key === "ArrowLeft" ? -step : step)));
      this.plot?.setCursor({ left: this.plot.valToPos(x, "x"), top: this.host.height / 3 });
    } else if (key === "+" || key === "=" || key === "-") {
      this.host.onZoom(zoomed(this.range, this.whole, key === "-" ? 2 : 0.5, 0));
    } else if (key === "PageUp" || key === "PageDown") {
      this.host.onZoom(zoomed(this.range, this.whole, 1, key === "PageUp" ? -0.5 : 0.5));
    } else if (key === "Escape" || key === "0") this.host.onZoom(null);
    else return;
    event.preventDefault();
  }

  private paint(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.lineJoin = "bevel";
    if (this.data?.options.grouped) for (const [at, group] of this.groups.entries()) paintGroup(plot, group, at);
    else this.paintRuns(plot);
    ctx.restore();
  }

  private paintRuns(plot: uPlot): void {
    const { looks } = this.host;
    const smooth = (this.data?.options.smoothing ?? 0) > 0;
    const ordered = [...this.shown()].sort(
      (a, b) => Number(a.run_id === looks.pointedAt) - Number(b.run_id === looks.pointedAt),
    );
    for (const line of ordered) {
      const dimmed =
        looks.pointedAt !== null &&
        looks.pointedAt !== line.run_id &&
        ordered.some((one) => one.run_id === looks.pointedAt);
      const style = {
        colour: looks.colour(line.run_id),
        dash: looks.dash(line.run_id),
        width: looks.pointedAt === line.run_id ? 2.4 : 1.5,
      };
      if (smooth) stroke(plot, line.x, line.raw, { ...style, dash: [], width: 1 }, FAINT);
      stroke(plot, line.x, line.y, style, dimmed ? FAINT + 0.1 : 1);
    }
  }
}

/** 1, 2 or 5 times a power of ten: the other ticks of a log axis are lines only. */
function isRound(value: number): boolean {
  const digits = Math.abs(value) / 10 ** Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  return value === 0 || [1, 2, 5].some((digit) => Math.abs(digits - digit) < 1e-6);
}

const seconds = (_: uPlot, splits: number[]) => splits.map((value) => formatElapsed(value * 1000));
const lastOf = (values: readonly number[]) => values[values.length - 1] ?? Number.NaN;
export const groupColour = (at: number) => PALETTE[at % PALETTE.length] as string;

interface Stroke {
  colour: string;
  dash: readonly number[];
  width: number;
}

/** A line through finite points; one without neighbours is a dot, and so is each of a few. */
function stroke(
  plot: uPlot,
  xs: readonly number[],
  ys: readonly number[],
  { colour, dash, width }: Stroke,
  alpha: number,
): void {
  const { ctx } = plot;
  const ratio = uPlot.pxRatio;
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = width * ratio;
  ctx.setLineDash(dash.map((length) => length * ratio));
  const path = pixelPath(xs, ys, placer(plot, "x"), placer(plot, "y"), plot.bbox.width);
  const few = path.length <= 80;
  ctx.beginPath();
  const dots: number[] = [];
  let pen = false;
  for (let i = 0; i < path.length; i += 2) {
    const [x, y] = [path[i] as number, path[i + 1] as number];
    if (Number.isNaN(x)) {
      pen = false;
      continue;
    }
    if (pen) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    if (few || (!pen && Number.isNaN(path[i + 2] ?? Number.NaN))) dots.push(x, y);
    pen = true;
  }
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  for (let i = 0; i < dots.length; i += 2) {
    const [x, y] = [dots[i] as number, dots[i + 1] as number];
    ctx.moveTo(x + 2 * ratio, y);
    ctx.arc(x, y, 2 * ratio, 0, 2 * Math.PI);
  }
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** From a value to a pixel of the canvas. */
function placer(plot: uPlot, axis: "x" | "y"): (value: number) => number {
  const place = (value: number) => plot.valToPos(value, axis, true);
  const { distr, min, max } = plot.scales[axis] as uPlot.Scale;
  return (distr ?? 1) <= 2 && min != null && max != null ? straight(place, min, max) : place;
}

function paintGroup(plot: uPlot, { band }: DrawnGroup, at: number): void {
  const { ctx } = plot;
  const colour = groupColour(at);
  const edge = (i: number, y: number) =>
    ctx.lineTo(plot.valToPos(band.x[i] as number, "x", true), plot.valToPos(y, "y", true));
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = colour;
  ctx.beginPath();
  for (let i = 0; i < band.x.length; i += 1) edge(i, band.high[i] as number);
  for (let i = band.x.length - 1; i >= 0; i -= 1) edge(i, band.low[i] as number);
  ctx.fill();
  const dash = DASHES[Math.floor(at / PALETTE.length) % DASHES.length] as readonly number[];
  stroke(plot, band.x, band.mean, { colour, dash, width: 1.8 }, 1);
}
