import assert from "node:assert/strict";
import { test } from "node:test";
import type { Column } from "../bridge/table";
import { columnKey, groupColumns, parseColumn } from "./columns";

const kindAndLabel = (key: string) => {
  const { kind, label } = parseColumn(key);
  return { kind, label };
};

test("a key tells kind and label", () => {
  assert.deepEqual(kindAndLabel("metrics.val_loss"), { kind: "metric", label: "val_loss" });
  assert.deepEqual(kindAndLabel("params.`learning rate`"), { kind: "param", label: "learning rate" });
  assert.deepEqual(kindAndLabel("tags.mlflow.user"), { kind: "tag", label: "mlflow.user" });
  assert.deepEqual(kindAndLabel("odd"), { kind: "attribute", label: "odd" });
});

test("odd names are quoted, and read back", () => {
  assert.equal(columnKey("metric", "loss"), "metrics.loss");
  assert.equal(columnKey("param", "a b"), "params.`a b`");
  assert.equal(parseColumn(columnKey("tag", "x/y")).label, "x/y");
});

test("the chooser searches all words and keeps groups in order", () => {
  const column = (key: string): Column => ({ key, ...parseColumn(key), runs: 1 });
  const columns = ["params.val_split", "metrics.val_loss", "metrics.loss"].map(column);
  assert.deepEqual(
    groupColumns(columns, "VAL").map((group) => [group.kind, group.columns.map((c) => c.label)]),
    [
      ["metric", ["val_loss"]],
      ["param", ["val_split"]],
    ],
  );
  assert.deepEqual(
    groupColumns(columns, "loss val")
      .flatMap((g) => g.columns)
      .map((c) => c.key),
    ["metrics.val_loss"],
  );
  assert.deepEqual(groupColumns(columns, "zzz"), []);
});
