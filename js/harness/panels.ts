/** JupyterLab's own views, without JupyterLab: the runs panel, and the versions of a cell. */
import type { LabRun, LabRuns } from "../src/bridge/lab";
import { labRun } from "../src/testing/labrun";
import { type PanelState, RunsPanel } from "../src/views/runs/panel";
import { VersionsView } from "../src/views/runs/versions";

const LONG = "a-name-that-somebody-made-of-all-params-".repeat(12);
const STATUSES = ["FINISHED", "FAILED", "KILLED", "RUNNING"] as const;
const NAMES = ["gentle-heron", "brave-otter", "swift-lynx", LONG, "שלום עולם <script>"];

function run(i: number): LabRun {
  const status = STATUSES[i % 7 === 3 ? 1 + (i % 3) : 0] ?? "FINISHED";
  const found = labRun(`run-${i}`, {
    cell: i % 5 === 4 ? null : { line: "svm", label: i % 11 === 0 ? LONG : "svm", named: true, version: 10_000 - i },
    metric: i % 6 === 5 ? null : { key: i % 4 === 2 ? LONG : "val_accuracy", value: 0.9 + (i % 10) / 100, goal: "max" },
    error: status === "FAILED" ? "ValueError" : null,
  });
  const name = `${NAMES[i % NAMES.length]}-${i}`;
  return { ...found, run: { ...found.run, name, status, start_ms: Date.now() - i * 61_000 } };
}

const runs = (total: number): LabRuns => ({
  schema: 1,
  version: "0.1.0",
  notebook: "lesson.ipynb",
  experiment: total > 0 ? { experiment_id: "1", name: total > 3 ? LONG : "breast-cancer" } : null,
  total,
  runs: Array.from({ length: Math.min(total, 500) }, (_, i) => run(i)),
  lines: [],
});

const nothing: PanelState = {
  runs: null,
  scope: "notebook",
  notebook: "lesson.ipynb",
  experiment: null,
  problem: null,
};
const of = (total: number): PanelState => ({
  ...nothing,
  runs: runs(total),
  experiment: runs(total).experiment?.name ?? null,
});
const LOST = "The Jupyter server cannot be reached.";

const PANELS: Record<string, PanelState> = {
  "panel-none": { ...nothing, notebook: null },
  "panel-loading": nothing,
  "panel-0": of(0),
  "panel-3": of(3),
  "panel-10000": of(10_000),
  "panel-lost": { ...of(3), problem: LOST },
};

const never = () => new Promise<never>(() => {});
const VERSIONS: Record<string, () => Promise<LabRuns["runs"]>> = {
  "versions-loading": never,
  "versions-12": async () => Array.from({ length: 12 }, (_, i) => run(i)),
};

/** Draws one of these views; false for another name. */
export function drawPanel(name: string, el: HTMLElement): boolean {
  const state = PANELS[name];
  const versions = VERSIONS[name];
  if (state !== undefined) {
    el.className = "tb-side";
    el.style.cssText = "width: 280px; height: 640px; border: 1px solid gray";
    const ignore = () => {};
    new RunsPanel(el, state, {
      onScope: ignore,
      jump: () => true,
      openTable: ignore,
      compare: ignore,
      onSelect: ignore,
    });
  } else if (versions !== undefined) {
    el.className = "tb-versions-popup";
    const view = new VersionsView({
      versions: async () => ({
        line: "svm",
        label: LONG,
        total: 12,
        versions: (await versions()).map((one, i) => ({ ...one, version: 12 - i, execution_count: 30 - i })),
      }),
      diff: async () => ({
        source: "C = 1\n",
        same: false,
        lines: [
          { op: "-", text: "C = 5" },
          { op: "+", text: "C = 1" },
        ],
      }),
      putBack: () => true,
      undo: () => {},
      close: () => {},
    });
    el.append(view.element);
  } else return false;
  return true;
}
