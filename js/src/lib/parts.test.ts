import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf } from "./parts";

test("the parts of a text are the text, none of them too long", () => {
  assert.deepEqual(partsOf("abcdefg", 3), ["abc", "def", "g"]);
  assert.deepEqual(partsOf("abc", 3), ["abc"]);
  assert.deepEqual(partsOf("", 3), [""]);
});
