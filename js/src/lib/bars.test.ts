import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChartRun } from "../bridge/chart";
import { axisScale } from "./axes";
import { barsPlot, isSingle } from "./bars";
import type { DrawnRun } from "./lines";

const PLAIN = { log: false, grouped: false };

function study(values: number[], group: (at: number) => string | null = () => null) {
  const runs: ChartRun[] = values.map((_, at) => {
    return { run_id: `run-${at}`, name: `run ${at}`, group: group(at), running: false, start_ms: at };
  });
  const lines: DrawnRun[] = values.map((value, at) => {
    return { run_id: `run-${at}`, name: `run ${at}`, x: [0], y: [value], raw: [value] };
  });
  return { runs, lines };
}

const plotOf = (values: number[], options = PLAIN) => {
  const { runs, lines } = study(values);
  return barsPlot(runs, lines, options);
};

/** What stands in each row, from above: name, from where to where the bar reaches, and its value. */
const rows = (plot: ReturnType<typeof barsPlot>) =>
  [...plot.rects]
    .sort((a, b) => (b.y0[0] as number) - (a.y0[0] as number))
    .map(({ x0, x1, y0, y1, ends }) => {
      const place = Math.round(((y0[0] as number) + (y1[0] as number)) / 2);
      return [plot.y.labels[place], x0[0], x1[0], ends[1]];
    });

test("each run has a bar from 0 beside its name, in the order of the runs, with its value written at the end", () => {
  const plot = plotOf([0.5, -2, 0]);
  assert.deepEqual(rows(plot), [
    ["run 0", 0, 0.5, "0.5000"],
    ["run 1", -2, 0, "−2"],
    ["run 2", 0, 0, "0"],
  ]);
  assert.deepEqual(
    plot.rects.map(({ run }) => run),
    ["run-0", "run-1", "run-2"],
  );
  assert.equal(plot.x.low, null);
  assert.equal(plotOf([0.5, 1]).x.low, 0);
});

test("what is not finite has no bar, is written, and does not stretch the axis", () => {
  const plot = plotOf([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3]);
  assert.deepEqual(
    rows(plot).map(([, from, to, said]) => [from, to, said]),
    [
      [0, 0, "NaN"],
      [0, 0, "∞"],
      [0, 0, "−∞"],
      [0, 3, "3"],
    ],
  );
  for (const value of [...plot.rects.flatMap(({ x0, x1 }) => [...x0, ...x1])]) assert.ok(Number.isFinite(value));
});

test("on a log axis bars begin at the power of ten below the least, or the axis is symmetric", () => {
  const log = plotOf([0.02, 300, 0.1], { log: true, grouped: false });
  assert.deepEqual([log.x.scale, log.x.low, log.rects[0]?.x0[0]], ["log", 0.01, 0.01]);
  assert.equal(plotOf([0.1], { log: true, grouped: false }).x.low, 0.01);
  assert.equal(plotOf([1, -1], { log: true, grouped: false }).x.scale, "symlog");
});

test("one run has one bar, and fifty have a name each", () => {
  assert.equal(rows(plotOf([1])).length, 1);
  const plot = plotOf(Array.from({ length: 50 }, (_, i) => i));
  const height = 50 * 16;
  assert.equal(axisScale(plot.y, [], height, 0, 36).ticks.length, 50);
});

test("a group has a bar of its mean, and a rule of one standard deviation where it has several runs", () => {
  const { runs, lines } = study([1, 3, 5, Number.NaN], (at) => (at < 2 ? "a" : "b"));
  const plot = barsPlot(runs, lines, { log: false, grouped: true });
  assert.deepEqual(rows(plot), [
    ["a", 0, 2, "2 ± 1.4, n = 2"],
    ["b", 0, 5, "5, n = 1"],
  ]);
  const [rule] = plot.lines;
  assert.deepEqual([plot.lines.length, rule?.quiet], [1, true]);
  assert.deepEqual(
    rule?.x.map((x) => x.toFixed(3)),
    ["0.586", "3.414"],
  );
  assert.deepEqual(plot.rects[0]?.x0[1]?.toFixed(3), "3.414");
});

test("a spread that is no number any more is left out, on a plain axis and on a log one", () => {
  for (const values of [
    [1e300, -1e300],
    [1e300, 2],
  ])
    for (const log of [false, true]) {
      const { runs, lines } = study(values, () => "a");
      const plot = barsPlot(runs, lines, { log, grouped: true });
      assert.match(plot.rects[0]?.ends[1] ?? "", /^(0|5e299), n = 2$/);
      assert.deepEqual(plot.lines, []);
      const places = plot.rects.flatMap(({ x0, x1 }) => [...x0, ...x1]);
      assert.ok(places.every(Number.isFinite));
    }
});

test("equal values spread by nothing, and a spread is written as everywhere else", () => {
  const saidOf = (values: number[]) => {
    const { runs, lines } = study(values, () => "a");
    return barsPlot(runs, lines, { log: false, grouped: true }).rects[0]?.ends[1];
  };
  assert.equal(saidOf(Array(7).fill(100)), "100 ± 0, n = 7");
  assert.equal(saidOf([0.1, 0.1, 0.1]), "0.1000 ± 0, n = 3");
  assert.equal(saidOf([0, 2e-7]), "1e−7 ± 1.4e−7, n = 2");
  assert.equal(saidOf([0, 2e20]), "1e20 ± 1.4e20, n = 2");
  assert.equal(saidOf([1, 1.5]), "1.250 ± 0.35, n = 2");
  assert.equal(saidOf([1.7e308, 1.7e308]), "1.7e308 ± 0, n = 2");
});

test("a metric has bars where each run has one point at most, and it is no curve that only begins", () => {
  const run = (count: number, running = false) => ({ count, running });
  assert.ok(isSingle([run(1), run(1), run(0)]));
  assert.ok(isSingle([run(1), run(1, true)]));
  assert.ok(!isSingle([run(1, true)]));
  assert.ok(!isSingle([run(1), run(2)]));
  assert.ok(!isSingle([run(0)]));
});
