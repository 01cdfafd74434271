import assert from "node:assert/strict";
import { test } from "node:test";
import { tracked } from "./trackline";

test("a cell gets its line once, and none above another magic", () => {
  assert.equal(tracked("x = 1"), "%%track\nx = 1");
  assert.equal(tracked("%%track lesson\nx = 1"), null);
  assert.equal(tracked("\n%%bash\nls"), null);
});
