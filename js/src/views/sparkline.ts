/** A curve the height of a line of text. */
import { sparkline, thin } from "../lib/scale";
import { svg } from "./dom";

const WIDTH = 72;
const HEIGHT = 18;

/** Decoration beside the numbers, so hidden from assistive technology; null where there is nothing to draw. */
export function sparklineOf(values: readonly number[]): SVGElement | null {
  const d = sparkline(thin(values, WIDTH / 2), WIDTH, HEIGHT);
  if (d === "") return null;
  const box = {
    class: "tb-spark",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: WIDTH,
    height: HEIGHT,
    "aria-hidden": "true",
  };
  return svg("svg", box, svg("path", { d }));
}
