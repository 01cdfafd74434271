import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompareSection } from "../bridge/compare";
import { asLatex, asMarkdown, groupTable, tableOf } from "./copying";

const section: CompareSection = {
  title: "Metrics",
  aggregate: "max",
  rows: [{ key: "a_b", values: [0.5, null, "NaN"], differs: true, numeric: true }],
};

test("rows become a table of Markdown, without markup of their own", () => {
  assert.equal(
    asMarkdown(tableOf(["r|1", "<b>", "x\ny"], [section])),
    ["|  | r\\|1 | \\<b\\> | x ↵ y |", "| --- | ---: | ---: | ---: |", "| a\\_b (max) | 0.5000 |  | NaN |"].join("\n"),
  );
});

test("rows become a table of LaTeX, escaped", () => {
  const made = asLatex(tableOf(["50% & \\input{x}", "b", "c"], [section]));
  assert.ok(made.startsWith("\\begin{tabular}{lrrr}\n\\toprule\n"));
  assert.ok(made.includes(" & 50\\% \\& \\textbackslash{}input\\{x\\} & b & c \\\\"));
  assert.ok(made.includes("a\\_b (max) & 0.5000 &  & NaN \\\\"));
});

test("groups become rows with their tests", () => {
  const value = { n: 3, mean: 0.5, deviation: 0.01, low: 0.4, high: 0.6 };
  const test_ = { n: 3, difference: -0.1, p: 0.25, effect: null, verdict: "3 seeds are too few to tell" };
  const made = groupTable({
    by: "seed",
    groups: [
      { name: "a", runs: [], seeds: 3 },
      { name: "b", runs: [], seeds: 3 },
    ],
    rows: [{ key: "acc", values: [value, value], tests: [null, test_] }],
    note: "",
  });
  assert.deepEqual(made.rows, [["acc", "0.5000 ± 0.01", "0.5000 ± 0.01", "−0.1000", "0.25", "", "3"]]);
});
