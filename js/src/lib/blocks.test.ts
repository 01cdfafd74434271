import assert from "node:assert/strict";
import { test } from "node:test";
import { Blocks, visibleRows } from "./blocks";

test("only blocks that are missing and not under way are claimed", () => {
  const blocks = new Blocks<number>(250, 100);
  blocks.put(
    0,
    Array.from({ length: 100 }, (_, i) => i),
  );
  assert.deepEqual(blocks.claim(50, 120), [100]);
  assert.deepEqual(blocks.claim(50, 260), [200]);
  blocks.release(100);
  assert.deepEqual(blocks.claim(150, 150), [100]);
});

test("a short first block is claimed when its missing rows come into sight", () => {
  const blocks = new Blocks<string>(3, 100);
  blocks.put(0, ["a"]);
  assert.deepEqual(blocks.claim(0, 0), []);
  assert.deepEqual(blocks.claim(0, 2), [0]);
  blocks.put(0, ["a", "b", "c"]);
  blocks.release(0);
  assert.deepEqual(blocks.claim(0, 2), []);
  assert.equal(blocks.at(2), "c");
});

test("the drawn range stays within the list", () => {
  assert.deepEqual(visibleRows(0, 280, 28, 1000), [0, 18]);
  assert.deepEqual(visibleRows(28_000, 280, 28, 1000), [992, 1000]);
  assert.deepEqual(visibleRows(0, 280, 28, 0), [0, 0]);
});
