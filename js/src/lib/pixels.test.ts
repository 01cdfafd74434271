import assert from "node:assert/strict";
import { test } from "node:test";
import { pixelPath, straight } from "./pixels";

const same = (value: number) => value;

test("few points stay, and what is not finite ends a stretch", () => {
  assert.deepEqual(pixelPath([0, 1, 2, 3], [5, Number.NaN, 6, 7], same, same, 100), [
    0,
    5,
    Number.NaN,
    Number.NaN,
    2,
    6,
    3,
    7,
  ]);
  assert.deepEqual(pixelPath([0], [Number.POSITIVE_INFINITY], same, same, 100), []);
});

test("a column keeps its least and its greatest, spikes among them", () => {
  const xs = Array.from({ length: 100_000 }, (_, i) => i / 1000);
  const ys = xs.map((_, i) => (i === 77_777 ? 1e6 : i % 7));
  const path = pixelPath(xs, ys, same, same, 100);
  assert.ok(path.length <= 2 * 2 * 102);
  assert.ok(path.includes(1e6));
});

test("a straight map is that of its axis", () => {
  const map = straight((value) => 20 - 3 * value, 0, 10);
  assert.equal(map(4), 8);
  assert.equal(straight(same, 1, 1)(5), 5);
});
