import assert from "node:assert/strict";
import { test } from "node:test";
import type { LabRun, LabRuns } from "../../bridge/lab";
import { find, root } from "../../testing/dom";
import { labRun } from "../../testing/labrun";
import { type PanelState, RunsPanel } from "./panel";

const run = (name: string, value = 0.5) => labRun(name, { metric: { key: "acc", value, goal: null } });

function state(...runs: LabRun[]): PanelState {
  const all: LabRuns = {
    schema: 1,
    version: "1",
    notebook: "n",
    experiment: null,
    total: runs.length,
    runs,
    lines: [],
  };
  return { runs: all, scope: "notebook", notebook: "n.ipynb", experiment: "e", problem: null };
}

function panel(first: PanelState) {
  const el = root();
  const told = { jumped: [] as string[], selected: [] as string[], compared: [] as string[] };
  const view = new RunsPanel(el, first, {
    onScope: () => {},
    jump: ({ run }) => told.jumped.push(run.run_id) > 0,
    openTable: () => {},
    compare: (ids) => told.compared.push(...ids),
    onSelect: (ids) => {
      told.selected = [...ids];
    },
  });
  const names = () => [...el.querySelectorAll("[data-run]")].map((row) => row.getAttribute("data-run"));
  const key = (key: string) =>
    find(el, ".tb-runs-list").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  return { el, view, told, names, key };
}

test("new runs arrive on top, and rows that stay are the same elements", () => {
  const { el, view, names } = panel(state(run("a"), run("b")));
  const kept = find(el, '[data-run="a"]');
  view.update(state(run("c"), run("a", 0.9), run("b")));
  assert.deepEqual(names(), ["c", "a", "b"]);
  assert.equal(find(el, '[data-run="a"]'), kept);
  assert.match(kept.textContent ?? "", /0\.9000/);
  view.update(state(run("b")));
  assert.deepEqual(names(), ["b"]);
});

test("keys move, select and jump; what is selected stays, and goes with its run", () => {
  const { el, view, told, key } = panel(state(run("a"), run("b")));
  for (const one of ["ArrowDown", " ", "ArrowDown", " ", "Enter"]) key(one);
  assert.deepEqual([told.selected, told.jumped], [["a", "b"], ["b"]]);
  view.update(state(run("c"), run("a"), run("b")));
  find(el, ".tb-runs-foot .tb-button").click();
  assert.deepEqual(told.compared, ["a", "b"]);
  view.update(state(run("c"), run("b")));
  assert.deepEqual(told.selected, ["b"]);
});

test("typing filters, and what nothing matches is said", () => {
  const { el, names } = panel(state(run("calm-otter"), run("tidy-ape")));
  const input = find<HTMLInputElement>(el, "input");
  input.value = "otter";
  input.dispatchEvent(new Event("input"));
  assert.deepEqual(names(), ["calm-otter"]);
  input.value = "nothing";
  input.dispatchEvent(new Event("input"));
  assert.match(find(el, ".tb-empty").textContent ?? "", /No run matches/);
});

test("names are text", () => {
  const { el } = panel(state(run("<img src=x onerror=alert(1)>")));
  assert.equal(el.querySelector("img"), null);
});
