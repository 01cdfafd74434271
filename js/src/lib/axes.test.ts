import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlotAxis } from "../bridge/plot";
import { axisScale, formatTick, powers, shadeColour } from "./axes";

const axis = (more: Partial<PlotAxis>): PlotAxis => ({
  title: "",
  scale: "linear",
  labels: [],
  low: null,
  high: null,
  ...more,
});

test("numbers lie between the ends, also a constant and numbers that overflow a span", () => {
  const scale = axisScale(axis({}), [0, 10], 0, 100);
  assert.ok(scale.place(0) > 0 && scale.place(10) < 100);
  assert.equal(axisScale(axis({}), [3, 3], 0, 100).place(3), 50);
  for (const value of [-1.7e308, 0, 1.7e308])
    assert.ok(Number.isFinite(axisScale(axis({}), [-1.7e308, 1.7e308], 0, 100).place(value)));
  assert.deepEqual(axisScale(axis({}), [], 0, 100).ticks.length > 0, true);
});

test("whole numbers have whole ticks", () => {
  const ticksOf = (values: number[]) => axisScale(axis({}), values, 0, 400).ticks.map(({ at }) => at);
  assert.deepEqual(ticksOf([0, 1, 2]), [0, 1, 2]);
  assert.deepEqual(ticksOf([0, 2.5]), [0, 0.5, 1, 1.5, 2, 2.5]);
  assert.deepEqual(ticksOf([3]), [3]);
});

test("a log axis has powers of ten, and 2 and 5 times them where these are few", () => {
  assert.deepEqual(powers(-1, 1, 10), [0.1, 0.2, 0.5, 1, 2, 5, 10]);
  assert.deepEqual(powers(-6, 6, 4).length <= 5, true);
  assert.deepEqual(powers(-4.2, -1.1, 3), [1e-4, 1e-3, 1e-2]); // every second one would be a single tick
  const scale = axisScale(axis({ scale: "log" }), [1e-3, 1], 0, 300);
  assert.ok(scale.place(1e-3) < scale.place(1e-2));
});

test("a log axis has two ticks at least, however narrow it is", () => {
  const ticksOf = (values: number[], px = 400) =>
    axisScale(axis({ scale: "log" }), values, 0, px, 72).ticks.map(({ at }) => at);
  assert.deepEqual(ticksOf([32, 48]), [35, 40, 45]);
  assert.deepEqual(ticksOf([0.91, 0.93]), [0.91, 0.915, 0.92, 0.925, 0.93]);
  for (const px of [100, 400, 900])
    for (const values of [[32.5, 48], [32.5], [1.6, 63.5], [1e-300, 1.5e-300], [1.2e308, 1.7e308], [0.9999999, 1.1]])
      assert.ok(ticksOf(values, px).length > 1, `${values} on ${px} px`);
});

test("a symmetric axis has 0 and round numbers on both sides, also where it is narrow or far from 0", () => {
  const ticksOf = (values: number[]) =>
    axisScale(axis({ scale: "symlog" }), values, 0, 400, 72).ticks.map(({ at }) => at);
  assert.deepEqual(ticksOf([-2, 0.9]), [-2, -1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(ticksOf([-1000, 1000]), [-1000, -100, -10, 0, 10, 100, 1000]);
  assert.ok(ticksOf([-1e300, 1e300]).length > 2);
  for (const values of [
    [1e-9, 2e-9],
    [-0.5, -0.45],
  ])
    assert.ok(ticksOf(values).length > 1);
});

test("what is not finite has no part in an axis, of any kind", () => {
  for (const scale of ["linear", "log", "symlog"] as const) {
    const values = [1, 1000, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    const drawn = axisScale(axis({ scale }), values, 0, 400);
    assert.ok(drawn.ticks.length > 1 && drawn.place(1) < drawn.place(1000));
  }
  for (const scale of ["log", "symlog"] as const)
    for (const values of [[1e308], [1.79e308], [1e308, 1.79e308], [5e-324, 1], [5e-324]]) {
      const { ticks } = axisScale(axis({ scale }), values, 0, 400);
      assert.ok(ticks.every(({ at }) => Number.isFinite(at)));
    }
});

test("bands stand side by side, and leave labels out where there is no room", () => {
  const scale = axisScale(axis({ scale: "band", labels: ["a", "b", "c", "d"] }), [], 0, 400, 40);
  assert.equal(scale.place(0), 50);
  assert.equal(scale.band, 100);
  const narrow = axisScale(axis({ scale: "band", labels: Array.from({ length: 50 }, String) }), [], 0, 100, 40);
  assert.ok(narrow.ticks.length < 10);
});

test("ticks are short", () => {
  assert.deepEqual([0, 1500, 25_000, 2_500_000, -0.5, 0.00001].map(formatTick), [
    "0",
    "1500",
    "25k",
    "2.5M",
    "−0.5",
    "1e−5",
  ]);
});

test("shades go from dark to light", () => {
  assert.equal(shadeColour(0), "rgb(68 1 84)");
  assert.equal(shadeColour(2), "rgb(253 231 37)");
});
