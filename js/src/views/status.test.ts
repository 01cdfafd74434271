import assert from "node:assert/strict";
import { test } from "node:test";
import "../testing/dom";
import { statusBadge } from "./status";

test("a status tells what its run ended with", () => {
  assert.equal(statusBadge("FAILED", "ValueError: no rows").title, "ValueError: no rows");
  assert.equal(statusBadge("FINISHED").hasAttribute("title"), false);
});
