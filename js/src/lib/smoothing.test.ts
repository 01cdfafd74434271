import assert from "node:assert/strict";
import { test } from "node:test";
import { bandOf, clippedRange, nearest, smoothed } from "./smoothing";

test("smoothing has no bias at the beginning and leaves gaps where they are", () => {
  const made = smoothed([2, 2, Number.NaN, 2], 0.9);
  assert.ok([0, 1, 3].every((i) => Math.abs((made[i] as number) - 2) < 1e-12));
  assert.ok(Number.isNaN(made[2]));
  assert.deepEqual(smoothed([1, 5], 0), [1, 5]);
});

test("clipping leaves the outer values out", () => {
  const values = [...Array.from({ length: 100 }, (_, i) => i), 1e300, Number.NaN];
  const [low, high] = clippedRange(values) as [number, number];
  assert.ok(low >= 1 && high <= 99);
  assert.equal(clippedRange([Number.NaN]), null);
});

test("a band reads lines at common places, none beyond its ends", () => {
  const band = bandOf([
    { x: [0, 2], y: [0, 2] },
    { x: [0, 1], y: [2, 3] },
  ]);
  assert.deepEqual(band.x, [0, 1, 2]);
  assert.deepEqual(band.mean, [1, 2, 2]);
  assert.deepEqual(band.n, [2, 2, 1]);
  assert.equal(band.low[2], 2);
});

test("the nearest of rising places is found", () => {
  assert.equal(nearest([0, 10, 20], 14), 1);
  assert.equal(nearest([0, 10, 20], 99), 2);
  assert.equal(nearest([], 1), -1);
});
