import assert from "node:assert/strict";
import { test } from "node:test";
import { versionProblem } from "./version";

test("other versions of kernel and JupyterLab are said, with what to do; what is not known is no problem", () => {
  assert.equal(versionProblem("1.0", "1.0"), null);
  assert.equal(versionProblem(null, "1.0"), null);
  assert.equal(versionProblem("1.0", null), null);
  assert.match(versionProblem("1.0", "0.9") ?? "", /Install the same version/);
  assert.match(versionProblem("1.0", "") ?? "", /JupyterLab has an older one/);
});
