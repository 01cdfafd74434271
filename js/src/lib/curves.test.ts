import assert from "node:assert/strict";
import { test } from "node:test";
import { Curves, groupKeys, plotted } from "./curves";

const piece = (steps: number[], values: (number | "NaN")[] = steps, key = "loss") => ({
  key,
  steps,
  times: steps.map((step) => 1000 + step),
  values,
});

test("pieces make one curve", () => {
  const curves = new Curves();
  curves.append([piece([0, 1])]);
  curves.append([piece([2])]);
  assert.deepEqual(curves.get("loss")?.steps, [0, 1, 2]);
});

test("a late answer from the store loses no point and doubles none", () => {
  const curves = new Curves();
  curves.append([piece([2, 3])]);
  curves.replace([piece([0, 1, 2])]);
  assert.deepEqual(curves.get("loss")?.steps, [0, 1, 2, 3]);
});

test("a long curve is thinned and keeps its spike", () => {
  const curves = new Curves();
  const steps = Array.from({ length: 20_000 }, (_, i) => i);
  curves.append([piece([0])]);
  curves.append([
    piece(
      steps,
      steps.map((i) => (i === 7777 ? 5 : 0)),
    ),
  ]);
  const curve = curves.get("loss");
  assert.ok((curve?.values.length ?? 0) <= 3000);
  assert.ok(curve?.values.includes(5));
  assert.equal(curve?.steps.length, curve?.values.length);
});

test("steps that go back are drawn in order, NaN as a gap", () => {
  const curves = new Curves();
  curves.append([{ key: "a", steps: [5, 1, 3], times: [1, 2, 3], values: [50, "NaN", 30] }]);
  const curve = curves.get("a");
  assert.ok(curve);
  assert.deepEqual(plotted(curve), { x: [1, 3, 5], y: [null, 30, 50], unit: "step" });
});

test("points without steps are drawn over time, and none of them is lost", () => {
  const curves = new Curves();
  curves.append([{ key: "a", steps: [0, 0], times: [1000, 1000], values: [1, 2] }]);
  curves.append([{ key: "a", steps: [0], times: [3500], values: [3] }]);
  const curve = curves.get("a");
  assert.ok(curve);
  assert.deepEqual(plotted(curve), { x: [0, 0, 2.5], y: [1, 2, 3], unit: "s" });
});

test("keys are grouped by prefix, plain and lonely ones first", () => {
  assert.deepEqual(groupKeys(["train/loss", "lr", "val/loss", "train/acc"]), [
    { prefix: "", keys: ["lr", "val/loss"] },
    { prefix: "train", keys: ["train/loss", "train/acc"] },
  ]);
});
