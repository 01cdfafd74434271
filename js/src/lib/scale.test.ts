import assert from "node:assert/strict";
import { test } from "node:test";
import { extent, padded, sparkline, thin, tickDigits, ticks } from "./scale";

test("the extent leaves out what is not finite", () => {
  assert.deepEqual(extent([3, Number.NaN, -1, Number.POSITIVE_INFINITY]), [-1, 3]);
  assert.equal(extent([Number.NaN]), null);
});

test("a constant is given air", () => {
  const [low, high] = padded([5, 5]);
  assert.ok(low < 5 && high > 5);
  assert.deepEqual(padded([0, 0]), [-1, 1]);
});

test("ticks are round and within", () => {
  assert.deepEqual(ticks(0, 1, 4), [0, 0.5, 1]);
  assert.deepEqual(ticks(0.83, 0.97, 4), [0.85, 0.9, 0.95]);
  assert.deepEqual(ticks(2, 2, 4), [2]);
  assert.equal(tickDigits(0.05), 2);
  assert.equal(tickDigits(20), 0);
});

test("a sparkline breaks at a gap and lies flat for a constant", () => {
  assert.equal(sparkline([0, 1, Number.NaN, 1], 33, 11, 1), "M1.0 10.0L11.3 1.0M32.0 1.0");
  assert.equal(sparkline([2, 2], 10, 10, 0), "M0.0 5.0L10.0 5.0");
  assert.equal(sparkline([1], 10, 10), "");
});

test("thinning keeps spikes", () => {
  const values = Array.from({ length: 10_000 }, (_, i) => (i === 5_001 ? 99 : Math.sin(i)));
  const kept = thin(values, 50);
  assert.ok(kept.length <= 100);
  assert.ok(kept.includes(99));
});
