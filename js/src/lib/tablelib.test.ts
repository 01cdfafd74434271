import assert from "node:assert/strict";
import { test } from "node:test";
import type { Column, TableRow } from "../bridge/table";
import { atStep, columnTitle, isSearchable, parseColumn, withAggregate } from "./columns";
import { complete, completionAt, valueChoices } from "./completion";
import { differs, equals, joined, oneOf, topLevel, within, withoutColumn } from "./conditions";
import { Folds } from "./folds";
import { sortedRows } from "./sorting";
import { halfWidth, t975 } from "./stats";
import { edges, tracksBetween } from "./tracks";

const COLUMNS: Column[] = [
  { key: "metrics.val_loss", kind: "metric", label: "val_loss", runs: 3 },
  { key: "metrics.`val/acc`", kind: "metric", label: "val/acc", runs: 3 },
  { key: "params.kernel", kind: "param", label: "kernel", runs: 1 },
];
const offered = (text: string, caret = text.length) =>
  completionAt(text, caret, COLUMNS)?.choices.map((choice) => choice.text) ?? [];

test("keys are offered by their beginning, their bare name, any part of them", () => {
  assert.deepEqual(offered("metrics.v"), ["metrics.val_loss", "metrics.`val/acc`"]);
  assert.deepEqual(offered("ker"), ["params.kernel"]);
  assert.deepEqual(offered("acc"), ["metrics.`val/acc`"]);
  assert.ok(offered("").includes("status"));
});

test("operators fit what they compare, and words join what is whole", () => {
  assert.ok(offered("metrics.val_loss ").includes("<="));
  assert.ok(offered("params.kernel ").includes("CONTAINS"));
  assert.ok(!offered("params.kernel ").includes("<"));
  assert.deepEqual(offered("params.kernel = 'rbf' a"), ["AND"]);
  assert.ok(offered("params.kernel = 'rbf' AND (NOT ").includes("metrics.val_loss"));
  assert.deepEqual(offered("metrics.`val/acc` >"), []);
});

test("values are wanted of the field that stands before", () => {
  assert.deepEqual(offered("status = 'fin"), ["'FINISHED'"]);
  const found = completionAt("params.kernel IN ('rbf', ", 25, COLUMNS);
  assert.deepEqual([found?.kind, found?.field], ["value", "params.kernel"]);
  assert.deepEqual(
    valueChoices(["it's", "rbf"], "'i").map((choice) => choice.text),
    ["'it''s'"],
  );
});

test("a choice replaces the word under the caret", () => {
  const text = "metrics.va > 1";
  const found = completionAt(text, 9, COLUMNS);
  assert.deepEqual(complete(text, found as never, "metrics.val_loss"), { text: "metrics.val_loss > 1", caret: 17 });
});

test("clicks make conditions, quoted as the language wants them", () => {
  assert.equal(equals("params.a", "it's"), "params.a = 'it''s'");
  assert.equal(equals("metrics.a", 0.5), "metrics.a = 0.5");
  assert.equal(differs("metrics.a", "Infinity"), "metrics.a != inf");
  assert.equal(within("metrics.a", 1, null), "metrics.a >= 1");
  assert.equal(within("metrics.a", 1, 2), "metrics.a >= 1 AND metrics.a <= 2");
  assert.equal(oneOf("params.a", ["x", "y"]), "params.a IN ('x', 'y')");
});

test("conditions join a filter without changing what it means", () => {
  assert.equal(joined("", "a = 1"), "a = 1");
  assert.equal(joined("a = 1 or b = 2", "c = 3"), "(a = 1 or b = 2) AND c = 3");
  assert.equal(joined("a = 'x or y'", "c = 3"), "a = 'x or y' AND c = 3");
  assert.equal(joined("a = 1 AND c = 3", "c = 3"), "a = 1 AND c = 3");
  assert.deepEqual(topLevel("a = 'x and y' AND (b = 1 AND c = 2)"), ["a = 'x and y'", "(b = 1 AND c = 2)"]);
  assert.equal(withoutColumn("metrics.a >= 1 AND metrics.a <= 2 AND b = 1", "metrics.a"), "b = 1");
});

test("columns know their aggregate and step, and lead back to their key", () => {
  assert.deepEqual(parseColumn("metrics.loss.min"), { kind: "metric", label: "loss", aggregate: "min", step: null });
  assert.deepEqual(parseColumn(atStep("a-b", 7)), { kind: "metric", label: "a-b", aggregate: "last", step: 7 });
  assert.equal(withAggregate("val.max", "best"), "metrics.`val.max`.best");
  assert.deepEqual(parseColumn("metrics.`val.max`.best").label, "val.max");
  assert.equal(columnTitle(parseColumn("metrics.`a-b`.mean")), "a-b mean");
  assert.deepEqual([isSearchable(atStep("a", 1)), isSearchable("params.a")], [false, true]);
});

test("tracks share what room there is, and only those in sight are drawn", () => {
  const tracks = [
    { width_px: 100, grow: 0 },
    { width_px: 100, grow: 1 },
    { width_px: 100, grow: 3 },
  ];
  assert.deepEqual(edges(tracks, 400), [0, 100, 225, 400]);
  assert.deepEqual(edges(tracks, 10), [0, 100, 200, 300]);
  const even = { width_px: 100, grow: 1 };
  assert.deepEqual(edges([even, even, even], 400), [0, 133, 266, 400]);
  const many = edges(
    Array.from({ length: 2000 }, () => ({ width_px: 100, grow: 1 })),
    800,
  );
  assert.deepEqual(tracksBetween(many, 1000, 1350), [10, 14]);
  assert.deepEqual(tracksBetween(many, 0, 100, 2), [0, 3]);
  assert.deepEqual(tracksBetween(many, 199_950, 200_750, 1), [1998, 2000]);
});

test("unfolded groups put their members between the lines", () => {
  const folds = new Folds([3, 2]);
  assert.deepEqual([folds.total, folds.at(1)], [2, { group: 1, member: -1 }]);
  folds.toggle(0);
  assert.deepEqual([folds.total, folds.at(3), folds.at(4)], [5, { group: 0, member: 2 }, { group: 1, member: -1 }]);
  folds.toggle(0);
  assert.equal(folds.total, 2);
});

test("the interval of a mean widens where there are few values", () => {
  assert.equal(halfWidth(1, null), null);
  assert.ok(Math.abs((halfWidth(4, 2) as number) - 3.182) < 1e-3);
  assert.ok(Math.abs(t975(40) - 2.021) < 2e-3);
});

test("rows are sorted as the store does: values, NaN, nothing; the newest first among equals", () => {
  const row = (name: string, start_ms: number, values: TableRow["values"]): TableRow => ({
    run: { run_id: name, name, start_ms, end_ms: null, experiment: "", experiment_id: "", status: "RUNNING", user: "" },
    cell: null,
    values,
  });
  const rows = [
    row("a", 1, { "metrics.x": 1 }),
    row("b", 2, { "metrics.x": "NaN" }),
    row("c", 3, {}),
    row("d", 4, { "metrics.x": 1 }),
    row("e", 5, { "metrics.x": "Infinity" }),
  ];
  const names = (desc: boolean) =>
    sortedRows(rows, [{ key: "metrics.x", desc }], () => true)
      ?.map(({ run }) => run.name)
      .join("");
  assert.deepEqual([names(false), names(true)], ["daebc", "edabc"]);
  assert.equal(
    sortedRows(rows, [{ key: "metrics.x", desc: false }], () => false),
    null,
  );
  const took = (name: string, end_ms: number, paused_ms?: number): TableRow => {
    const { run, ...more } = row(name, 0, {});
    return { ...more, run: { ...run, end_ms, ...(paused_ms === undefined ? {} : { paused_ms }) } };
  };
  const ended = [took("gone on with", 90, 80), took("short", 20)];
  const shortest = sortedRows(ended, [{ key: "attributes.duration", desc: false }], () => true);
  assert.equal(shortest?.[0]?.run.name, "gone on with");
  const odd = [took("a long pause", 20, 80), took("at once", 0), took("ended before", -5)];
  const kept = sortedRows(odd, [{ key: "attributes.duration", desc: true }], () => true);
  assert.deepEqual(kept, odd, "all took 0 ms, as the store says");
});
