import assert from "node:assert/strict";
import { test } from "node:test";
import { changedPart } from "./words";

const changed = (left: string, right: string) => changedPart(left, right)?.map((part) => part.changed);

test("what changed is marked by whole words", () => {
  assert.deepEqual(changed("lr = 0.1", "lr = 0.15"), ["1", "15"]);
  assert.deepEqual(changed("model = SVC(C=1)", "model = SVR(C=1)"), ["SVC", "SVR"]);
  assert.deepEqual(changed("f(a)", "f(a, b)"), ["a", "a, b"]);
});

test("lines with little in common are not marked within", () => {
  assert.equal(changedPart("abc", "xyz"), null);
});

test("the parts make up the whole", () => {
  for (const [left, right] of [
    ["aaa", "aaaa"],
    ["x = y", "x = y y"],
    ["tab\tend", "tab end"],
  ] as const) {
    const parts = changedPart(left, right);
    if (parts)
      assert.deepEqual(
        parts.map((p) => p.before + p.changed + p.after),
        [left, right],
      );
  }
});
