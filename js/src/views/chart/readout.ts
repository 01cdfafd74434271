/** What stands at a cross-hair: a value of each run, or of each group. */
import type { DrawnGroup, DrawnRun } from "../../lib/lines";
import { formatNumber } from "../../lib/number";
import type { RunColours } from "../../lib/runcolours";
import { nearest } from "../../lib/smoothing";
import { h, user } from "../dom";
import { groupColour } from "./strokes";

const TIP_RUNS = 12;

export interface AtCursor {
  id: string;
  name: string;
  colour: string;
  value: number;
  /** of the point, which lies beside the cross-hair */
  x: number;
  /** spread, or the raw value, in words; "" for nothing */
  more: string;
}

export function groupsAt(groups: readonly DrawnGroup[], x: number): AtCursor[] {
  return groups.flatMap(({ group, band }, at) => {
    const i = nearest(band.x, x);
    if (i < 0) return [];
    const value = band.mean[i] as number;
    const spread = (band.high[i] as number) - value;
    const more = `± ${formatNumber(spread)}, n = ${band.n[i]}`;
    return [{ id: group, name: group, colour: groupColour(at), value, x: band.x[i] as number, more }];
  });
}

/** Of runs that have ended more than `air` before the cross-hair there is nothing. */
export function runsAt(lines: readonly DrawnRun[], x: number, air: number, looks: RunColours): AtCursor[] {
  return lines.flatMap((line) => {
    const i = nearest(line.x, x);
    if (i < 0 || x > lastOf(line.x) + air) return [];
    const value = line.y[i] as number;
    const more = line.raw[i] !== value ? `raw ${formatNumber(line.raw[i] as number)}` : "";
    return [
      { id: line.run_id, name: line.name, colour: looks.colour(line.run_id), value, x: line.x[i] as number, more },
    ];
  });
}

/** The greatest values first, and how many there are beyond. */
export function tipRows(rows: readonly AtCursor[]): HTMLElement[] {
  const more = rows.length - TIP_RUNS;
  const shown = [...rows].sort((a, b) => b.value - a.value).slice(0, TIP_RUNS);
  return [
    ...shown.map((row) =>
      h(
        "div",
        { class: "tb-tip-row" },
        h("span", { class: "tb-swatch", style: `--tb-swatch:${row.colour}` }),
        user(row.name),
        h("b", { class: "tb-num" }, formatNumber(row.value)),
        row.more && h("span", { class: "tb-aside" }, row.more),
      ),
    ),
    ...(more > 0 ? [h("div", { class: "tb-aside" }, `and ${more} more`)] : []),
  ];
}

export const lastOf = (values: readonly number[]) => values[values.length - 1] ?? Number.NaN;
