import assert from "node:assert/strict";
import { test } from "node:test";
import { comparisonOf } from "../../harness/compares";
import { FakeModel } from "../bridge/fake";
import type { CompareModelState, CompareState } from "../bridge/payloads";
import { byText, find, root } from "../testing/dom";
import compare from "./compare";

function shown(state: CompareState) {
  const model = new FakeModel<CompareModelState>({ compare: state, only_differences: true });
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

test("one run, or none, is said in words", () => {
  const { el, close } = shown({ ...comparisonOf(1), sections: [], code: [] });
  assert.ok((el.textContent ?? "").includes("nothing to be compared with"));
  close();
});

test("nothing a user typed becomes an element", () => {
  const { el, close } = shown(comparisonOf(3, true));
  assert.equal(el.querySelectorAll("script, img, a, iframe").length, 0);
  close();
});
