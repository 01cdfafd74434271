import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plot } from "../../bridge/plot";
import { axisScale } from "../../lib/axes";
import { barsPlot } from "../../lib/bars";
import { root } from "../../testing/dom";
import { acrossOf, axes } from "./plotaxes";

function plotOf(name: string, value: number): Plot {
  const run = { run_id: "a", name, group: null, running: false, start_ms: 0 };
  return barsPlot([run], [{ run_id: "a", name, x: [0], y: [value], raw: [value] }], { log: false, grouped: false });
}

test("bars have room between long names and long values, and the names give way first", () => {
  const plot = plotOf("a run with a very long name indeed, ".repeat(3), 1);
  const long = "−1.235e−120 ± 1.4e−7, n = 12";
  const full: Plot = { ...plot, rects: plot.rects.map((one) => ({ ...one, ends: ["", long] })) };
  for (const width of [240, 300, 420, 900]) {
    const [left, right] = acrossOf(full, width);
    assert.ok(right - left >= 80, `${left} to ${right} of ${width}`);
    assert.ok(left >= width * 0.2 && left <= width * 0.4);
  }
  assert.equal(acrossOf(full, 900)[0], 360);
  assert.ok(acrossOf(full, 420)[0] < acrossOf(plot, 420)[0]);
  assert.ok(acrossOf(plotOf("a", 1), 240)[0] < 20);
});

test("a title that has no room is cut between letters, not within one", () => {
  const plot = plotOf("a", 1);
  plot.x.title = "🎲".repeat(40);
  const scale = axisScale(plot.x, [1], 0, 100);
  const drawn = axes(plot, scale, axisScale(plot.y, [], 0, 100), { left: 0, right: 130, bottom: 100 });
  root().append(drawn);
  assert.equal(drawn.querySelector(".tb-plot-title")?.textContent, `${"🎲".repeat(19)}…`);
});
