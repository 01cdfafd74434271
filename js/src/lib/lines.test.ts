import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChartRun, CurveSeries } from "../bridge/chart";
import { extentX, groupsOf, type LineOptions, RunCurves, rangeY, zoomed } from "./lines";

const run = (run_id: string, group: string | null = null): ChartRun => ({
  run_id,
  name: run_id,
  group,
  running: false,
  start_ms: 1000,
});
const series = (
  run_id: string,
  steps: number[],
  values: CurveSeries["values"],
  times = steps.map((s) => 1000 + s * 500),
): CurveSeries => ({
  run_id,
  key: "loss",
  steps,
  times,
  values,
  count: steps.length,
});
const plain: LineOptions = { x: "step", log: false, log_x: false, smoothing: 0, clip: false, grouped: false };

test("lines rise along the axis that is chosen", () => {
  const curves = new RunCurves();
  curves.replace([series("a", [2, 0, 1], [3, 1, "NaN"])]);
  const line = curves.line(run("a"), "loss", plain);
  assert.deepEqual(line?.x, [0, 1, 2]);
  assert.deepEqual(line?.y, [1, Number.NaN, 3]);
  assert.deepEqual(curves.line(run("a"), "loss", { ...plain, x: "relative" })?.x, [0, 0.5, 1]);
  assert.equal(curves.line(run("b"), "loss", plain), null);
});

test("live points are appended, counted, and not doubled by an answer that comes late", () => {
  const curves = new RunCurves();
  curves.replace([series("a", [0, 1], [1, 2])]);
  curves.append([series("a", [2], [3])]);
  assert.equal(curves.count("a", "loss"), 3);
  curves.replace([series("a", [0, 1, 2], [1, 2, 3])]);
  assert.deepEqual(curves.line(run("a"), "loss", plain)?.x, [0, 1, 2]);
});

test("where nobody gave steps it is known", () => {
  const curves = new RunCurves();
  curves.replace([series("a", [0, 0, 0], [1, 2, 3], [1, 2, 3])]);
  assert.equal(curves.isStepless([run("a")], ["loss"]), true);
  curves.replace([series("b", [0, 1], [1, 2])]);
  assert.equal(curves.isStepless([run("a"), run("b")], ["loss"]), false);
});

test("the range has what is shown, also of a constant, of infinities and of log axes", () => {
  const line = (y: number[]) => [{ x: y.map((_, i) => i), raw: y, y }];
  const [low, high] = rangeY(line([1, 5, Number.POSITIVE_INFINITY]), [0, 9], plain);
  assert.ok(low < 1 && high > 5 && high < 7);
  assert.deepEqual(rangeY(line([Number.NaN]), [0, 9], plain), [0, 1]);
  const constant = rangeY(line([3, 3]), [0, 9], plain);
  assert.ok(constant[0] < 3 && constant[1] > 3);
  assert.ok(rangeY(line([0.1, 10]), [0, 9], { ...plain, log: true })[0] > 0);
  assert.ok(
    rangeY([...line([...Array.from({ length: 99 }, () => 1), 1e6])], [0, 999], { ...plain, clip: true })[1] < 10,
  );
});

test("groups have their runs' mean, and those without a group stand together", () => {
  const curves = new RunCurves();
  curves.replace([series("a", [0, 1], [1, 2]), series("b", [0, 1], [3, 4]), series("c", [0], [9])]);
  const runs = [run("a", "lr 0.1"), run("b", "lr 0.1"), run("c", "lr 0.2")];
  const lines = runs.map((one) => curves.line(one, "loss", plain)).filter((one) => one !== null);
  const groups = groupsOf(runs, lines);
  assert.deepEqual(
    groups.map(({ group, runs: n, band }) => [group, n, band.mean]),
    [
      ["lr 0.1", 2, [2, 3]],
      ["lr 0.2", 1, [9]],
    ],
  );
  assert.deepEqual(extentX(lines), [0, 1]);
});

test("zooming stays within the whole and ends there", () => {
  assert.deepEqual(zoomed([0, 10], [0, 10], 0.5, 0), [2.5, 7.5]);
  assert.deepEqual(zoomed([0, 5], [0, 10], 1, 0.9), [4.5, 9.5]);
  assert.equal(zoomed([2, 8], [0, 10], 2, 0), null);
});
