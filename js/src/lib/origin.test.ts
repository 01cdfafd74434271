import assert from "node:assert/strict";
import { test } from "node:test";
import { originKind, originText, wordsFor } from "./origin";

test("an origin is told by its first word", () => {
  assert.equal(originKind("assigned in line 3"), "assigned");
  assert.equal(originKind("logged"), "logged");
});

test("a kind alone, as older runs have it, is told in words", () => {
  assert.equal(originText("read"), "read from the notebook");
  assert.equal(originText("computed in line 7"), "computed in line 7");
  assert.equal(originText("constructor"), "constructor");
});

test("what was logged is no guess, and a model's argument can only be left out", () => {
  const counts = ["computed in line 2", "read", "logged", ""].map((origin) => wordsFor(origin).length);
  assert.deepEqual(counts, [3, 3, 0, 0]);
  assert.deepEqual(wordsFor("argument of SVC"), ["ignore"]);
});
