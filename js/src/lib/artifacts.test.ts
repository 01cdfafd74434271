import assert from "node:assert/strict";
import { test } from "node:test";
import { sumUp } from "./artifacts";

const file = (path: string, size: number | null = 10) => ({ path, size });

test("folders with several files become one line", () => {
  const lines = sumUp([file("model/a"), file("plot.png"), file("model/b"), file("model/sub/c"), file("data/x")]);
  assert.deepEqual(
    lines.map(({ path, size, files }) => [path, size, files]),
    [
      ["plot.png", 10, 1],
      ["data/x", 10, 1],
      ["model/", 30, 3],
    ],
  );
  assert.equal(lines.at(-1)?.title, "model/a\nmodel/b\nmodel/sub/c");
});

test("a size that is not known makes the sum unknown", () => {
  assert.equal(sumUp([file("m/a"), file("m/b", null), file("m/c")])[0]?.size, null);
});
