import assert from "node:assert/strict";
import { test } from "node:test";
import { extend, remove, tick, toggle } from "./selection";

test("choosing twice lets go", () => {
  assert.deepEqual(toggle(["a"], "b"), ["a", "b"]);
  assert.deepEqual(toggle(["a", "b"], "a"), ["b"]);
});

test("a range keeps the order of choice", () => {
  assert.deepEqual(extend(["c", "a"], ["a", "b", "c", "d"]), ["c", "a", "b", "d"]);
  assert.deepEqual(remove(["c", "a", "b"], ["a"]), ["c", "b"]);
});

test("the box for all rows has three states", () => {
  assert.equal(tick(0, 3), "none");
  assert.equal(tick(1, 3), "some");
  assert.equal(tick(3, 3), "all");
  assert.equal(tick(0, 0), "none");
});
