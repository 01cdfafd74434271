import assert from "node:assert/strict";
import { test } from "node:test";
import { isUnloaded, loaderAmong } from "./unloaded";

test("a magic of ours that the kernel does not know is told from other errors", () => {
  assert.ok(isUnloaded("UsageError", "Cell magic `%%track` not found."));
  assert.ok(isUnloaded("UsageError", "Line magic function `%runs` not found."));
  assert.ok(isUnloaded("UsageError", "Cell magic `%%runs` not found (But line magic `%runs` exists)."));
  assert.ok(!isUnloaded("UsageError", "Cell magic `%%tracker` not found."));
  assert.ok(!isUnloaded("UsageError", "%%track: no experiment"));
  assert.ok(!isUnloaded("ValueError", "Cell magic `%%track` not found."));
});

test("the cell that loads trackbook is found", () => {
  assert.equal(loaderAmong(["import os", "import numpy\n%load_ext trackbook", "%load_ext trackbook"]), 1);
  assert.equal(loaderAmong(["# run %load_ext trackbook first", "%load_ext trackbooks"]), -1);
});
