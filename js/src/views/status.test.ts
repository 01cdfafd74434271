import assert from "node:assert/strict";
import { test } from "node:test";
import { root } from "../testing/dom";
import { statusBadge } from "./status";

test("a status tells what its run ended with", () => {
  root();
  assert.equal(statusBadge("FAILED", "ValueError: no rows").title, "ValueError: no rows");
  assert.equal(statusBadge("FINISHED").hasAttribute("title"), false);
});
