import assert from "node:assert/strict";
import { test } from "node:test";
import type { LabLine, LabRun, LabRuns } from "../bridge/lab";
import { linesByCell, markName, matches, ofNotebook, statusOf } from "./labruns";

function run(name: string, status: "RUNNING" | "FINISHED" = "FINISHED"): LabRun {
  return {
    run: { run_id: name, name, experiment_id: "1", experiment: "lesson", status, start_ms: 0, end_ms: null, user: "" },
    cell: { line: "a.ipynb#fit", label: "fit", named: true, version: 2 },
    cell_id: "c1",
    metric: { key: "acc", value: 0.9, goal: "max" },
    error: null,
  };
}

function line(name: string, cell_ids: string[]): LabLine {
  return { line: name, label: name, named: true, cell_ids, versions: 2, newest: run("a"), best: run("b") };
}

function runs(...all: LabRun[]): LabRuns {
  const experiment = { experiment_id: "1", name: "lesson" };
  return { schema: 1, version: "1", notebook: "a.ipynb", experiment, total: all.length, runs: all, lines: [] };
}

test("a run is found by any of its words, all of which must be there", () => {
  assert.ok(matches(run("calm-otter"), ""));
  assert.ok(matches(run("calm-otter"), "OTTER fit finished"));
  assert.ok(!matches(run("calm-otter"), "otter failed"));
});

test("of two lines of a cell the newest counts, and two cells may share a line", () => {
  const found = linesByCell({ ...runs(), lines: [line("new", ["c1", "c2"]), line("old", ["c1"])] });
  assert.equal(found.get("c1")?.line, "new");
  assert.equal(found.get("c2")?.line, "new");
  assert.equal(linesByCell(null).size, 0);
});

test("a mark says in words what it shows", () => {
  assert.equal(markName(line("fit", [])), "Versions of fit: 2 versions, the last finished, best acc 0.9000");
});

test("the status bar tells the running run, else what would be recorded", () => {
  const running = statusOf("cells", runs(run("calm-otter", "RUNNING")), 12_000);
  assert.deepEqual([running.text, running.mark], ["calm-otter · 12 s", "running"]);
  assert.equal(statusOf("cells", runs(run("a")), 0).text, "Recording %%track cells · lesson");
  assert.equal(statusOf("tracked", runs(), 0).mark, "off");
  assert.equal(statusOf("unknown", null, 0).text, "Not recording");
  assert.equal(statusOf("unknown", runs(run("a")), 0).text, "Recording not known");
  assert.match(statusOf("missing", null, 0).title, /%pip install trackbook/);
});

test("a run that the store still calls running is not recorded without a kernel", () => {
  assert.equal(statusOf("none", runs(run("a", "RUNNING")), 0).mark, "off");
});

test("a notebook's runs are those with its path, whatever is in it", () => {
  assert.equal(ofNotebook("it's/a.ipynb"), "tags.trackbook.notebook.path = 'it''s/a.ipynb'");
});
