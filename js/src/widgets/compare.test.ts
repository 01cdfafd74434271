import assert from "node:assert/strict";
import { test } from "node:test";
import { comparisonOf } from "../../harness/compares";
import type { CompareModelState, CompareState } from "../bridge/compare";
import { type Answer, FakeModel } from "../bridge/fake";
import { byText, find, root, settled } from "../testing/dom";
import compare from "./compare";

function shown(state: CompareState, answer?: Answer) {
  const model = new FakeModel<CompareModelState>({ compare: state, only_differences: true }, answer);
  const el = root();
  return { model, el, close: compare.render({ model, el }) };
}
const keys = (el: HTMLElement) => [...el.querySelectorAll("tbody th[scope=row]")].map((th) => th.textContent);

test("only differing rows are shown until all are asked for, and Python is told", () => {
  const { el, model, close } = shown(comparisonOf(2));
  assert.deepEqual(keys(el), ["kernel", "C", "accuracy", "f1", "val/loss"]);
  byText(el, "button", "All rows").click();
  assert.ok(keys(el).includes("gamma"));
  assert.deepEqual(model.saved, [{ only_differences: false }]);
  close();
});

test("the first run is the baseline, numbers show their distance to it", () => {
  const { el, close } = shown(comparisonOf(2));
  assert.ok(find(el, "thead th").textContent?.includes("baseline"));
  assert.ok(byText(el, "tbody tr", "accuracy").textContent?.includes("+0.0140"));
  close();
});

test("cells that differ are marked for eyes and for ears", () => {
  const { el, close } = shown(comparisonOf(2));
  const marked = byText(el, "tbody tr", "kernel").querySelectorAll('[data-differs="true"]');
  assert.equal(marked.length, 1);
  assert.ok(marked[0]?.textContent?.startsWith("differs: "));
  close();
});

test("code stands side by side; equal stretches unfold", () => {
  const { el, close } = shown(comparisonOf(3));
  assert.equal(el.querySelectorAll(".tb-code-pair").length, 2);
  const pair = find(el, ".tb-code-pair");
  const before = pair.querySelectorAll(".tb-code-line").length;
  byText(pair, "button", "unchanged lines").click();
  assert.ok(pair.querySelectorAll(".tb-code-line").length > before);
  close();
});

test("code is shown inline, and of the minimal program when that is asked for", async () => {
  const asked: unknown[] = [];
  const pair = comparisonOf(2).code[0] as CompareState["code"][number];
  const cells = [
    ...pair.cells,
    {
      op: "+" as const,
      kind: "code",
      lines: [{ op: "+" as const, left_no: null, left: null, right_no: 1, right: "new = 1" }],
    },
  ];
  const { el, close } = shown(comparisonOf(2), (_, params) => {
    asked.push(params);
    return [{ ...pair, cells }];
  });
  byText(el, "button", "Inline").click();
  assert.ok(el.querySelectorAll(".tb-code-inline").length > 0);
  byText(el, "button", "Minimal program").click();
  await settled(10);
  assert.deepEqual(asked, [{ what: "program" }]);
  assert.deepEqual(
    [...el.querySelectorAll(".tb-code-cell")].map((cell) => cell.textContent),
    ["cell, changed", "cell, added"],
  );
  close();
});

test("where no run has a cell, it is said how to have one", async () => {
  const { el, close } = shown({ ...comparisonOf(2), code: [] }, () => []);
  assert.match(find(el, ".tb-codes .tb-empty").textContent ?? "", /Track one with %%track/);
  byText(el, "button", "Notebook").click();
  await settled(10);
  assert.match(find(el, ".tb-codes .tb-empty").textContent ?? "", /Track a cell with %%track/);
  close();
});

test("another run becomes the baseline", async () => {
  const state = comparisonOf(3);
  const { el, close } = shown(state, (_, params) => ({
    ...state,
    runs: [...state.runs].sort((a) => (a.run_id === params.baseline ? -1 : 1)),
  }));
  byText(el, "th", state.runs[2]?.name ?? "")
    .querySelector<HTMLElement>(".tb-make-baseline")
    ?.click();
  await settled(10);
  assert.ok(find(el, "thead th").textContent?.includes(state.runs[2]?.name ?? ""));
  close();
});

test("groups of seeds say in words what their test tells", () => {
  const { el, close } = shown(comparisonOf(5));
  const table = find(el, ".tb-groups-table");
  assert.ok(table.textContent?.includes("3 seeds are too few to tell"));
  assert.equal(table.querySelectorAll('[data-told="true"]').length, 1);
  close();
});

test("metrics are shown in another aggregate", () => {
  const state = comparisonOf(2);
  const max = {
    title: "Metrics",
    aggregate: "max",
    rows: [{ key: "best", values: [1, 2], differs: true, numeric: true }],
  };
  const { el, close } = shown({ ...state, sections: [...state.sections, max] });
  assert.ok(!keys(el).includes("best"));
  const select = find<HTMLSelectElement>(el, ".tb-compare-metric select");
  select.value = "max";
  select.dispatchEvent(new Event("change"));
  assert.ok(keys(el).includes("best") && !keys(el).includes("accuracy"));
  close();
});

test("one run, or none, is said in words", () => {
  const { el, close } = shown({ ...comparisonOf(1), sections: [], code: [], curves: null });
  assert.ok((el.textContent ?? "").includes("nothing to be compared with"));
  close();
});

test("nothing a user typed becomes an element", () => {
  const { el, close } = shown(comparisonOf(3, true));
  assert.equal(el.querySelectorAll("script, img, a, iframe").length, 0);
  close();
});
