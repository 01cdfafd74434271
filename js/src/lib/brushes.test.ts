import assert from "node:assert/strict";
import { test } from "node:test";
import type { Parallel, ParallelAxis } from "../bridge/plot";
import { adjusted, brushOf, endsOf, passing, shareOf, snapped, ticksOf, valueAt } from "./brushes";

const axis = (more: Partial<ParallelAxis> = {}): ParallelAxis => ({
  title: "a",
  labels: [],
  low: 0,
  high: 10,
  log: false,
  ...more,
});

test("values stand between the ends of their axis, by logarithm where they are wide", () => {
  assert.equal(shareOf(axis(), 5), 0.5);
  assert.equal(shareOf(axis({ low: 1e-4, high: 1, log: true }), 1e-2), 0.5);
  assert.equal(shareOf(axis({ low: -1.7e308, high: 1.7e308 }), 0), 0.5);
  assert.equal(valueAt(axis({ labels: ["adam", "sgd"], high: 1 }), 1), "sgd");
});

test("an axis is marked at round numbers, and at the labels that have room", () => {
  const labels = (more: Partial<ParallelAxis>) => ticksOf(axis(more), 4).map(({ label }) => label);
  assert.deepEqual(labels({ low: 0.85, high: 1.02 }), ["0.85", "0.9", "0.95", "1"]);
  assert.deepEqual(labels({ low: 1e-3, high: 1, log: true }), ["0.001", "0.01", "0.1", "1"]);
  assert.deepEqual(labels({ labels: ["a", "b", "c", "d", "e"], high: 4 }), ["a", "c", "e"]);
});

test("a typed range is a brush: open ends, either order, nothing where it holds all of the axis", () => {
  assert.deepEqual(brushOf(axis(), 2.5, 5), [0.25, 0.5]);
  assert.deepEqual(brushOf(axis(), 5, null), [0.5, 1]);
  assert.deepEqual(brushOf(axis(), 5, 2.5), [0.25, 0.5]);
  assert.deepEqual(brushOf(axis({ low: 1e-4, high: 1, log: true }), 1e-2, 1), [0.5, 1]);
  assert.deepEqual([brushOf(axis(), null, null), brushOf(axis(), -5, 10)], [undefined, undefined]);
  assert.ok((brushOf(axis(), 20, 30)?.[0] ?? 0) > 1);
  assert.deepEqual(endsOf(axis(), [0.25, 0.5]), ["2.5", "5"]);
});

test("runs pass that lie within every brush; one without a value does not", () => {
  const data: Parallel = {
    axes: [axis(), axis()],
    runs: ["a", "b", "c"],
    names: ["a", "b", "c"],
    values: [
      [1, 9],
      [5, 5],
      [null, 5],
    ],
    texts: [],
  };
  assert.deepEqual(passing(data, new Map()), [0, 1, 2]);
  assert.deepEqual(
    passing(
      data,
      new Map([
        [0, [0.4, 1]],
        [1, [0, 0.6]],
      ]),
    ),
    [1],
  );
  assert.deepEqual(passing(data, new Map([[1, [0.4, 0.6]]])), [1, 2]);
});

test("keys move a brush within its axis, widen it, and take it away", () => {
  assert.deepEqual(
    adjusted([0.8, 1], 0.05, 0)?.map((x) => Math.round(x * 100)),
    [80, 100],
  );
  assert.deepEqual(
    adjusted([0.4, 0.6], 0, 0.05)?.map((x) => Math.round(x * 100)),
    [35, 65],
  );
  assert.equal(adjusted([0.5, 0.52], 0, -0.05), null);
});

test("a brush that nearly reaches an end of its axis takes it in", () => {
  assert.deepEqual(snapped(0.02, 0.5), [0, 0.5]);
  assert.deepEqual(snapped(0.1, 0.99), [0.1, 1]);
});
