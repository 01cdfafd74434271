import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompareRow } from "../bridge/compare";
import { deltaToFirst, differsFromFirst, shownSections } from "./compare";

const row = (values: CompareRow["values"], numeric = true): CompareRow => ({
  key: "k",
  values,
  numeric,
  differs: new Set(values).size > 1,
});

test("equal rows are hidden, and sections that have no other", () => {
  const sections = [
    { title: "Params", aggregate: null, rows: [row([1, 1]), row([1, 2])] },
    { title: "Tags", aggregate: null, rows: [row(["a", "a"], false)] },
  ];
  assert.deepEqual(
    shownSections(sections, true).map((s) => [s.title, s.rows.length]),
    [["Params", 1]],
  );
  assert.equal(shownSections(sections, false).length, 2);
});

test("metrics are shown in the aggregate that is asked for", () => {
  const sections = (["last", "max"] as const).map((aggregate) => ({
    title: "Metrics",
    aggregate,
    rows: [row([1, 2])],
  }));
  assert.deepEqual(
    shownSections(sections, true).map((s) => s.aggregate),
    ["last"],
  );
  assert.deepEqual(
    shownSections(sections, true, "max").map((s) => s.aggregate),
    ["max"],
  );
});

test("numbers are measured against the first run", () => {
  assert.equal(deltaToFirst(row([0.5, 0.75]), 1)?.text, "+0.250");
  assert.equal(deltaToFirst(row([0.5, 0.75]), 0), null);
  assert.equal(deltaToFirst(row([null, 1]), 1), null);
  assert.equal(deltaToFirst(row(["NaN", 1]), 1), null);
  assert.equal(deltaToFirst(row(["rbf", "poly"], false), 1), null);
});

test("a missing value differs from one that is there", () => {
  assert.ok(differsFromFirst(row([1, null]), 1));
  assert.ok(!differsFromFirst(row([1, 1]), 1));
});
