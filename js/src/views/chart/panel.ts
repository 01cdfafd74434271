/**
 * One metric of several runs on a canvas.  uPlot has the axes, the cursor and the size; the lines are ours, since the
 * runs have points at different places, and a million of them are thinned before they come here.
 */
import uPlot from "uplot";
import type { ChartRun } from "../../bridge/chart";
import { formatTick } from "../../lib/axes";
import { type DrawnGroup, type DrawnRun, extentX, groupsOf, type LineOptions, rangeY, zoomed } from "../../lib/lines";
import { formatNumber } from "../../lib/number";
import type { RunColours } from "../../lib/runcolours";
import { formatElapsed } from "../../lib/time";
import { canDraw, moveCursor, resolved } from "../canvas";
import { h, user } from "../dom";
import { type Drawing, plotOptions } from "./panelaxes";
import { type AtCursor, groupsAt, lastOf, runsAt, tipRows } from "./readout";
import { paintGroup, paintRuns, withinAxes } from "./strokes";

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
  /** the pointer is in it, or keys move its cross-hair */
  private isRead = false;
  /** of the theme, by token */
  private readonly colours = new Map<string, string>();

  constructor(
    readonly title: string,
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
    this.box.addEventListener("blur", () => {
      this.here(false);
      if (this.plot !== null) moveCursor(this.plot, null, 0);
    });
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
    if (this.cursor !== null) this.read();
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

  private colourOf(token: string): string {
    const known = this.colours.get(token) ?? resolved(this.box, token);
    this.colours.set(token, known);
    return known;
  }

  private here(is: boolean): void {
    this.isRead = is;
    if (!is) this.tip.hidden = true;
  }

  private fit(): void {
    if (this.plot === null) this.start();
    else if (this.box.clientWidth > 0 && this.plot.width !== this.box.clientWidth)
      this.plot.setSize({ width: this.box.clientWidth, height: this.host.height });
  }

  private start(): void {
    if (this.data === null || this.plot !== null || this.box.clientWidth === 0 || !canDraw()) return;
    const { box, host } = this;
    const drawing: Drawing = {
      box,
      sync: host.sync,
      height: host.height,
      colour: (token) => this.colourOf(token),
      range: () => this.range,
      rangeY: () => this.rangeY,
      onDraw: (plot) => this.paint(plot),
      onCursor: (plot) => this.onCursor(plot),
      onSelect: (plot) => this.onSelect(plot),
    };
    this.plot = new uPlot(plotOptions(drawing, this.data.options), [this.range, [null, null]], box);
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

  /** What stands at the cross-hair: in the caption the place, beside it each run. */
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
    this.tip.hidden = !this.isRead || rows.length === 0;
    if (this.tip.hidden) return;
    this.tip.replaceChildren(...tipRows(rows));
    this.placeTip();
  }

  private placeTip(): void {
    const left = this.plot?.cursor.left ?? 0;
    const right = left > this.box.clientWidth / 2;
    this.tip.style.insetInlineStart = right ? "auto" : `${left + 64}px`;
    this.tip.style.insetInlineEnd = right ? `${this.box.clientWidth - left + 8 - 50}px` : "auto";
  }

  private rowsAt(x: number): AtCursor[] {
    if (this.data?.options.grouped) return groupsAt(this.groups, x);
    return runsAt(this.shown(), x, (this.range[1] - this.range[0]) * 0.02, this.host.looks);
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
      this.here(true);
      const from = this.cursor ?? (this.range[0] + this.range[1]) / 2;
      const x = Math.min(this.range[1], Math.max(this.range[0], from + (key === "ArrowLeft" ? -step : step)));
      if (this.plot !== null) moveCursor(this.plot, x, this.host.height / 3);
    } else if (key === "+" || key === "=" || key === "-") {
      this.host.onZoom(zoomed(this.range, this.whole, key === "-" ? 2 : 0.5, 0));
    } else if (key === "PageUp" || key === "PageDown") {
      this.host.onZoom(zoomed(this.range, this.whole, 1, key === "PageUp" ? -0.5 : 0.5));
    } else if ((key === "Escape" || key === "0") && this.data?.zoom) this.host.onZoom(null);
    else return;
    event.preventDefault();
  }

  private paint(plot: uPlot): void {
    const { options } = this.data ?? {};
    withinAxes(plot, () => {
      if (options?.grouped) for (const [at, group] of this.groups.entries()) paintGroup(plot, group, at);
      else paintRuns(plot, this.shown(), this.host.looks, (options?.smoothing ?? 0) > 0);
    });
  }
}
