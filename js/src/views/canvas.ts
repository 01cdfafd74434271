/** What curves on a canvas (uPlot) have in common: whether there is one, its colours, its axes. */
import type uPlot from "uplot";
import { ticks } from "../lib/scale";
import { h } from "./dom";

let drawable: boolean | null = null;

/** False where there is no canvas (tests, text browsers): the numbers are still there. */
export function canDraw(): boolean {
  drawable ??= document.createElement("canvas").getContext("2d") !== null;
  return drawable;
}

/** A canvas knows no custom properties: let the browser work the colour out. */
export function resolved(box: HTMLElement, token: string): string {
  const probe = h("i", { style: `display:none;color:var(${token})` });
  box.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** An axis of a plot in `box`; `colour` makes of a token what uPlot asks for its colour. */
export function axisStyle(box: HTMLElement, colour: (token: string) => () => string): uPlot.Axis {
  return {
    stroke: colour("--tb-ink-2"),
    font: `11px ${getComputedStyle(box).fontFamily || "sans-serif"}`,
    grid: { stroke: colour("--tb-rule"), width: 1 },
    ticks: { show: false },
    gap: 4,
  };
}

/** Ticks of `ticks`, about one for `room` px; uPlot's own end at 1e32, and with them the axis. */
export function roundTicks(room_px: number, isWhole = false): Pick<uPlot.Axis, "incrs" | "splits"> {
  return {
    incrs: (_plot, _axis, low, high) => [Math.max(high - low, 5)], // below 5 it looks its digits up
    splits: (plot, axis, low, high) => {
      const length = plot.axes[axis]?.side === 2 ? plot.width : plot.height;
      const found = ticks(low, high, Math.max(2, length / room_px));
      return isWhole ? found.filter(Number.isInteger) : found; // no tick lies between two steps
    },
  };
}

/** Moves a plot's cross-hair to a place on x, null for none, and those that go with it, as the pointer would. */
export function moveCursor(plot: uPlot, x: number | null, top: number): void {
  // its types do not know the last one: the others are told
  const move = plot.setCursor as (to: { left: number; top: number }, fire: boolean, publish: boolean) => void;
  move(x === null ? { left: -10, top: -10 } : { left: plot.valToPos(x, "x"), top }, true, true);
}
