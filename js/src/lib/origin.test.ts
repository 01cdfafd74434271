import assert from "node:assert/strict";
import { test } from "node:test";
import { isGuess, originKind, originText } from "./origin";

test("an origin is told by its first word", () => {
  assert.equal(originKind("assigned in line 3"), "assigned");
  assert.equal(originKind("logged"), "logged");
});

test("a kind alone, as older runs have it, is told in words", () => {
  assert.equal(originText("read"), "read from the notebook");
  assert.equal(originText("computed in line 7"), "computed in line 7");
  assert.equal(originText("constructor"), "constructor");
});

test("what was logged is no guess", () => {
  assert.deepEqual(["computed in line 2", "read", "logged", ""].map(isGuess), [true, true, false, false]);
});
