/** Cards to look at: rich, failed, running, hostile, bare. */
import type { Card, CardAbout, CardMetric } from "../src/bridge/card";
import type { CurvePiece } from "../src/bridge/payloads";
import type { CardInput, CardRecord } from "../src/bridge/record";

const NOW = Date.now();

export const metric = (key: string, last: CardMetric["last"], more: Partial<CardMetric> = {}): CardMetric => ({
  key,
  last,
  step: 0,
  count: 1,
  min: last,
  max: last,
  delta: null,
  origin: "computed",
  ...more,
});

const bare: Card = {
  schema: 1,
  run: {
    run_id: "0193f0e4b0cc7d53a10193f0e4b0cc7d",
    name: "gentle-heron-17",
    experiment_id: "1",
    experiment: "breast-cancer",
    status: "FINISHED",
    start_ms: NOW - 3 * 60_000,
    end_ms: NOW - 3 * 60_000 + 1240,
    user: "ada",
  },
  cell: null,
  params: [],
  metrics: [],
  system: [],
  tags: [],
  models: [],
  artifacts: [],
  artifact_count: 0,
  diff: null,
  error: null,
  environment: null,
  notebook: null,
  warnings: [],
};

const about: CardAbout = {
  note: "",
  goal: null,
  baseline: null,
  is_baseline: false,
  parent: null,
  children: [],
  child_count: 0,
  progress: null,
  trashed: false,
};

const environment = {
  python: "3.11.9",
  platform: "Linux-6.1-x86_64",
  packages: 231,
  git: { commit: "3dd7e36f0a1b2c3d", branch: "main", dirty: true },
};

export const rich: Card = {
  ...bare,
  cell: {
    line: "lesson.ipynb#svm",
    label: "svm",
    named: true,
    version: 2,
    guessed: false,
    previous_run_id: "r1",
    previous_name: "brave-otter-3",
  },
  params: [
    { key: "kernel", value: "'rbf'", origin: "assigned in line 2", previous: "'linear'" },
    { key: "C", value: "10.0", origin: "assigned", previous: "1.0" },
    { key: "gamma", value: "'scale'", origin: "assigned", previous: null },
    { key: "test_size", value: "0.25", origin: "read from the notebook, set in cell [4]", previous: null },
    { key: "random_state", value: "0", origin: "read", previous: null },
    { key: "scaler", value: "StandardScaler()", origin: "logged", previous: null },
  ],
  metrics: [
    metric("accuracy", 0.972027972027972, { delta: 0.0139860139, origin: "computed in line 9" }),
    metric("f1", 0.9777777777777777, { delta: -0.0021 }),
    metric("roc_auc", 0.9966457023060797, { delta: 0 }),
    metric("val/loss", 0.0812, { count: 50, step: 49, min: 0.0812, max: 0.69, delta: -0.011, origin: "logged" }),
    metric("val/accuracy", 0.951, { count: 50, step: 49, min: 0.5, max: 0.951, origin: "logged" }),
    metric("lr", 0.0001, { count: 50, step: 49, min: 0.0001, max: 0.01, origin: "logged" }),
  ],
  system: [
    metric("system/cpu_utilization_percentage", 93.4, { count: 12, step: 11, min: 4, max: 99.1, origin: "logged" }),
    metric("system/system_memory_usage_megabytes", 5123.2, { count: 12, step: 11, origin: "logged" }),
    metric("system/network_receive_megabytes", 0.021, { count: 12, step: 11, origin: "logged" }),
  ],
  tags: [
    { key: "team", value: "vision" },
    { key: "purpose", value: "baseline for the lesson" },
  ],
  models: [
    {
      path: "model",
      flavor: "sklearn",
      class_name: "SVC",
      registered: [{ name: "breast-cancer", version: "1", aliases: ["champion"] }],
    },
  ],
  artifacts: [
    { path: "model/MLmodel", size: 812 },
    { path: "model/model.skops", size: 48_211 },
    { path: "confusion.png", size: 21_904 },
    { path: "trackbook/notebook.ipynb", size: 90_310 },
  ],
  artifact_count: 4,
  diff: [
    { op: " ", text: "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)" },
    { op: "-", text: 'kernel = "linear"' },
    { op: "-", text: "C = 1.0" },
    { op: "+", text: 'kernel = "rbf"' },
    { op: "+", text: "C = 10.0" },
    { op: " ", text: "model = make_pipeline(StandardScaler(), SVC(kernel=kernel, C=C))" },
    { op: "~", text: "7" },
  ],
  environment,
  notebook: { path: "notebooks/00-quickstart.ipynb", cells: 9 },
  left_out: ["api_key looks like a secret and was left out", "X holds a ndarray, it was taken for data and left out"],
};

const input = (name: string, more: Partial<CardInput> = {}): CardInput => ({
  name,
  digest: "3f9a1c0e5b7d2468ace013579bdf2468",
  size: 119_204,
  shape: [],
  seen: "opened",
  remark: "",
  ...more,
});

const record: CardRecord = {
  inputs: [
    input("data/train.csv"),
    input("data/labels.parquet", { size: 8_420_112, seen: "opened by an earlier cell [3]", remark: "tracked by DVC" }),
    input("X_train", { shape: [426, 30], seen: "passed to fit", digest: "s:77ab01c0e5b7d2468ace013579bdf2468" }),
    input("y_train", { shape: [426], seen: "passed to fit", digest: "b01c0e5b7d2468ace013579bdf24680a" }),
    input("holdout", { shape: [1_250_000, 12], seen: "logged", remark: "version 3, digest of a sample" }),
  ],
  input_count: 5,
  rerun: {
    verdict: "differs",
    reasons: [
      { cell: "cell [3]", line: 'df = pd.read_csv("data/train.csv")', text: "was edited after it ran" },
      { cell: "cell [5]", line: "df = df.dropna()", text: "ran more than once, and more than its last run matters" },
      { cell: "", line: "scaler = StandardScaler()", text: "stands above and was not run" },
      { cell: "cell [8]", line: "model.fit(X_train, y_train)", text: "reads seed, which no cell defines any more" },
    ],
    label: "traced",
    cells: 5,
    program: "trackbook/program.py",
  },
  written: [
    { path: "out/predictions.csv", size: 48_113, kept: null },
    { path: "out/report.html", size: 9_120, kept: "files/out/report.html" },
    { path: "model.joblib", size: 2_204_113_500, kept: null },
  ],
  written_count: 3,
  snapshots: [
    { when: "start", origin: "live", unsaved: true, taken_ms: NOW - 181_000, path: "trackbook/notebook-start.ipynb" },
    { when: "end", origin: "live", unsaved: false, taken_ms: NOW - 179_000, path: "trackbook/notebook.ipynb" },
  ],
  secrets: [
    { kind: "password", place: "trackbook/source.py", line: 4 },
    { kind: "AWS key", place: "trackbook/notebook.ipynb", line: 12, quiet: true },
    { kind: "token in a URL", place: "param endpoint", line: null },
  ],
  packages: [
    { name: "scikit-learn", before: "1.5.2", after: "1.6.0" },
    { name: "lightgbm", before: null, after: "4.5.0" },
    { name: "xgboost", before: "2.1.1", after: null },
  ],
};

/** With all that is recorded after the cell. */
export const recorded: Card = {
  ...rich,
  record,
  metrics: rich.metrics.map((one, i) => (i < 4 ? { ...one, baseline: i % 2 ? -0.25 : 0.031 } : one)),
  about: {
    ...about,
    note: "Scaling first, then the kernel: the wider kernel did not pay.\nTry C = 30 next.",
    goal: { key: "accuracy", direction: "max" },
    baseline: { run_id: "b".repeat(32), name: "steady-ox-1", status: "FINISHED", metric: null },
  },
};

/** Gone on with, inside another, with runs of its own. */
export const resumed: Card = {
  ...recorded,
  record: {
    ...record,
    secrets: [],
    executions: [
      { number: 1, status: "KILLED", start_ms: NOW - 7_200_000, source: "train.ipynb", folder: "trackbook" },
      {
        number: 2,
        status: "FINISHED",
        start_ms: NOW - 180_000,
        source: "train.ipynb",
        folder: "trackbook/resumed-2-1a2b",
      },
    ],
  },
  about: {
    ...about,
    is_baseline: true,
    goal: { key: "val/loss", direction: "min" },
    parent: { run_id: "c".repeat(32), name: "grid-search-4", status: "FINISHED", metric: { key: "best", value: 0.97 } },
    children: [1, 2, 3, 4].map((fold) => ({
      run_id: `${fold}`.repeat(32),
      name: `fold ${fold}`,
      status: fold === 3 ? "FAILED" : "FINISHED",
      metric: fold === 3 ? null : { key: "val/loss", value: 0.08 + fold / 100 },
    })),
    child_count: 24,
  },
};

/** As little of it as a run can have. */
export const plain: Card = {
  ...bare,
  environment,
  notebook: { path: "notebooks/00-quickstart.ipynb", cells: 2 },
  record: {
    inputs: [],
    input_count: 0,
    rerun: { verdict: "reproducible", reasons: [], label: "static", cells: 1, program: "trackbook/program.py" },
    written: [],
    written_count: 0,
    snapshots: [{ when: "end", origin: "history", unsaved: false, taken_ms: NOW, path: "trackbook/notebook.ipynb" }],
    secrets: [],
    packages: [],
  },
};

/** With many of each. */
export const many: Card = {
  ...recorded,
  record: {
    ...record,
    inputs: Array.from({ length: 40 }, (_, i) =>
      input(`data/2026/11/part-${String(i).padStart(5, "0")}.parquet`, { size: 10 ** (i % 10) }),
    ),
    input_count: 52,
    written: Array.from({ length: 20 }, (_, i) => ({ path: `out/fold-${i}.npy`, size: 8000 + i, kept: null })),
    written_count: 20,
    rerun: {
      verdict: "unknown",
      reasons: [{ cell: "", line: "", text: "X and y are read, and no recorded cell defined them" }],
      label: "static",
      cells: 120,
      program: "trackbook/program.py",
    },
  },
};

export const failed: Card = {
  ...bare,
  run: { ...bare.run, name: "loud-crane-4", status: "FAILED" },
  cell: {
    line: "lesson.ipynb#b169cc35",
    label: "cell [7]",
    named: false,
    version: 3,
    guessed: true,
    previous_run_id: "r2",
    previous_name: "gentle-heron-17",
  },
  params: [{ key: "kernel", value: "'rbff'", origin: "assigned", previous: "'rbf'" }],
  error: {
    type: "InvalidParameterError",
    message:
      "The 'kernel' parameter of SVC must be a str among {'linear', 'poly', 'rbf', 'sigmoid', 'precomputed'} or a callable. Got 'rbff' instead.",
    traceback:
      "\u001b[31mInvalidParameterError\u001b[0m   Traceback (most recent call last)\nCell In[7], line 5\n      3 kernel = 'rbff'\n      4 model = SVC(kernel=kernel)\n----> 5 model.fit(X_train, y_train)\n\nFile ~/env/lib/python3.11/site-packages/sklearn/base.py:1389, in fit(self, X, y)\n   1387     self._validate_params()\n   1388 \n-> 1389 return fit_method(estimator, *args, **kwargs)\n\nInvalidParameterError: The 'kernel' parameter of SVC must be a str",
  },
  warnings: [
    "metric 'report' of type dict cannot be stored ({'precision': 0.9}): log it as an artifact with log_dict, or log its numbers one by one",
  ],
  environment,
};

export const running: Card = {
  ...bare,
  run: { ...bare.run, name: "swift-lynx-8", status: "RUNNING", start_ms: NOW - 14_000, end_ms: null },
  cell: {
    line: "lesson.ipynb#epochs",
    label: "epochs",
    named: true,
    version: 2,
    guessed: false,
    previous_run_id: "r1",
    previous_name: "slow-lynx-7",
  },
  params: [
    { key: "epochs", value: "50", origin: "assigned", previous: null },
    { key: "alpha", value: "0.0001", origin: "assigned", previous: null },
  ],
  environment,
  about: { ...about, goal: { key: "val_accuracy", direction: "max" } },
};

const LONG = `${"a very long name that goes on and on ".repeat(14)}end`;
const SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>";
const RTL = "שלום עולם ‮txt.exe";

export const hostile: Card = {
  ...bare,
  run: { ...bare.run, name: `${SCRIPT}${LONG}`, experiment: RTL, status: "KILLED", end_ms: NOW },
  cell: {
    line: LONG,
    label: LONG,
    named: true,
    version: 12_345,
    guessed: true,
    previous_run_id: "x",
    previous_name: SCRIPT,
  },
  params: [
    { key: LONG, value: LONG, origin: "assigned", previous: LONG },
    { key: SCRIPT, value: `line 1\nline 2\n${SCRIPT}`, origin: SCRIPT, previous: null },
    { key: "😀 emoji 🧪", value: RTL, origin: "read", previous: "" },
    { key: "empty", value: "", origin: "logged", previous: null },
  ],
  metrics: [
    metric(SCRIPT, "NaN", { delta: "NaN" }),
    metric(LONG, 1e300, { delta: -1e300, count: 3 }),
    metric("inf", "Infinity", { delta: "-Infinity" }),
    metric(`${RTL}/${SCRIPT}`, -1.5e-9, { count: 40, step: 39, origin: "logged" }),
    metric("constant", 5, { count: 40, step: 39, delta: 0 }),
  ],
  tags: [
    { key: SCRIPT, value: LONG },
    { key: RTL, value: "multi\nline" },
  ],
  models: [
    {
      path: `${LONG}/model`,
      flavor: SCRIPT,
      class_name: LONG,
      registered: [{ name: LONG, version: "1", aliases: [RTL, SCRIPT] }],
    },
  ],
  artifacts: [
    { path: `${LONG}.bin`, size: 9e15 },
    { path: SCRIPT, size: null },
  ],
  artifact_count: 1200,
  diff: [
    { op: "-", text: SCRIPT },
    { op: "+", text: LONG },
    { op: "+", text: "" },
    { op: " ", text: RTL },
  ],
  error: { type: SCRIPT, message: `${LONG}\n${RTL}`, traceback: LONG },
  environment: { python: SCRIPT, platform: LONG, packages: 0, git: { commit: SCRIPT, branch: LONG, dirty: true } },
  notebook: { path: `${LONG}.ipynb`, cells: 1 },
  warnings: [LONG, SCRIPT],
  record: {
    inputs: [
      input(`${LONG}.csv`, { digest: LONG, seen: LONG, remark: SCRIPT }),
      input(SCRIPT, { digest: "", size: null, seen: RTL }),
      input(RTL, { shape: [9e15, 9e15, 9e15, 3] }),
    ],
    input_count: 120_000,
    rerun: {
      verdict: "differs",
      reasons: [
        { cell: "cell [12345]", line: LONG, text: LONG },
        { cell: "", line: SCRIPT, text: SCRIPT },
      ],
      label: SCRIPT,
      cells: 123_456,
      program: LONG,
    },
    written: [
      { path: LONG, size: 9e15, kept: null },
      { path: SCRIPT, size: 0, kept: LONG },
      { path: RTL, size: 5, kept: null },
    ],
    written_count: 9_000,
    snapshots: [{ when: "end", origin: LONG, unsaved: true, taken_ms: 9e18, path: SCRIPT }],
    secrets: [{ kind: LONG, place: SCRIPT, line: 12_345 }],
    packages: [{ name: LONG, before: SCRIPT, after: LONG }],
  },
};

/** A curve for every key, as the store would answer. */
export function curvesFor(keys: readonly string[]): CurvePiece[] {
  return keys.map((key, k) => {
    const steps = Array.from({ length: 50 }, (_, i) => i);
    const shape = (i: number) => {
      if (key === "constant") return 5;
      const noise = Math.sin(i * 12.9898 + k * 78.233) * 0.02;
      return key.includes("acc") ? 0.951 - 0.45 * Math.exp(-i / 9) + noise : 0.08 + 0.6 * Math.exp(-i / 8) + noise;
    };
    return { key, steps, times: steps.map((i) => NOW - 60_000 + i * 1000), values: steps.map(shape) };
  });
}

export { bare };
