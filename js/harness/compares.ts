/** Comparisons of two and of five runs. */
import type { ChartCurves } from "../src/bridge/chart";
import type { CompareGroups, CompareRow, CompareState, SideLine } from "../src/bridge/compare";
import type { Num } from "../src/bridge/payloads";
import { bare } from "./cards";
import { chartOf } from "./charts";

const row = (key: string, values: CompareRow["values"], numeric = false): CompareRow => ({
  key,
  values,
  differs: new Set(values).size > 1,
  numeric,
});

const NAMES = ["brave-otter-3", "gentle-heron-17", "swift-lynx-8", "amber-newt-21", "lucid-wren-40"];

export function comparisonOf(n: number, hostile = false): CompareState {
  const of = <T>(make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
  const bad = "<script>alert(1)</script> שלום ".repeat(20);
  return {
    schema: 1,
    runs: of((i) => ({
      ...bare.run,
      run_id: `run-${i}`,
      name: hostile ? `${bad}${i}` : (NAMES[i] as string),
      start_ms: bare.run.start_ms - i * 3_600_000,
      status: i === 3 ? "FAILED" : "FINISHED",
      cell: i === 4 ? null : { line: "lesson.ipynb#svm", label: "svm", named: true, version: i + 1 },
    })),
    sections: [
      {
        title: "Params",
        aggregate: null,
        rows: [
          row(
            "kernel",
            of((i) => ["'linear'", "'rbf'", "'poly'", "'rbf'", null][i] as string | null),
          ),
          row(
            "C",
            of((i) => ["1.0", "10.0", "1.0", "100.0", "0.1"][i] as string),
          ),
          row(
            "gamma",
            of(() => "'scale'"),
          ),
          row(
            "random_state",
            of(() => "0"),
          ),
          ...(hostile
            ? [
                row(
                  bad,
                  of((i) => (i === 0 ? bad : `line\nline ${i}`)),
                ),
              ]
            : []),
        ],
      },
      {
        title: "Metrics",
        aggregate: "last",
        rows: [
          row(
            "accuracy",
            of((i) => [0.958041958, 0.972027972, 0.9370629, null, 0.9440559][i] as Num | null),
            true,
          ),
          row(
            "f1",
            of((i) => [0.9668, 0.9777, 0.9518, null, 0.956][i] as Num | null),
            true,
          ),
          row(
            "val/loss",
            of((i) => [0.0922, 0.0812, "NaN", null, 1.2e-7][i] as Num | null),
            true,
          ),
          row(
            "n_support",
            of(() => 48),
            true,
          ),
        ],
      },
      {
        title: "Environment",
        aggregate: null,
        rows: [
          row(
            "python",
            of(() => "3.11.9"),
          ),
          row(
            "git",
            of((i) => (i < 2 ? "3dd7e36f" : "f9dd9de0")),
          ),
        ],
      },
    ],
    code: of((i) => i)
      .slice(1)
      .map((i) => ({ run_id: `run-${i}`, cells: [{ op: "~", kind: "code", lines: code(i) }] })),
    groups: n > 3 ? groups(n) : null,
    curves: n > 1 ? curvesOf(n) : null,
    images: null,
  };
}

function groups(n: number): CompareGroups {
  const value = (mean: number) => ({ n: 3, mean, deviation: 0.004, low: mean - 0.01, high: mean + 0.01 });
  return {
    by: "seed",
    groups: [
      { name: "C 1", runs: ["run-0", "run-1"], seeds: 2 },
      { name: "C 10", runs: Array.from({ length: n - 2 }, (_, i) => `run-${i + 2}`), seeds: n - 2 },
    ],
    rows: [
      {
        key: "accuracy",
        values: [value(0.95), value(0.97)],
        tests: [
          null,
          {
            n: 3,
            difference: 0.02,
            p: 0.25,
            effect: 1.9,
            verdict: "3 seeds are too few to tell: even if all agreed, p could not be below 0.25",
          },
        ],
      },
      {
        key: "f1",
        values: [value(0.9), value(0.94)],
        tests: [null, { n: 8, difference: 0.04, p: 0.0078, effect: 2.3, verdict: "differs (p = 0.0078 over 8 seeds)" }],
      },
    ],
    note: "Mean ± standard deviation over seeds; differences are those of the same seeds, against the first group.",
  };
}

function curvesOf(n: number): ChartCurves {
  const state = chartOf("curve").curves as ChartCurves;
  const ids = Array.from({ length: Math.min(4, n) }, (_, i) => `run-${i}`);
  return {
    ...state,
    keys: state.keys.slice(0, 2),
    smoothing: 0,
    runs: state.runs.filter((run) => ids.includes(run.run_id)),
    series: state.series.filter((one) => ids.includes(one.run_id)),
  };
}

function code(i: number): SideLine[] {
  const same = (no: number, text: string): SideLine => ({
    op: "=",
    left_no: no,
    left: text,
    right_no: no,
    right: text,
  });
  return [
    ...Array.from({ length: 9 }, (_, k) =>
      same(k + 1, k === 0 ? "from sklearn.svm import SVC" : `step_${k} = prepare(X, ${k})`),
    ),
    { op: "~", left_no: 10, left: 'kernel = "linear"', right_no: 10, right: `kernel = "${i % 2 ? "rbf" : "poly"}"` },
    { op: "~", left_no: 11, left: "C = 1.0", right_no: 11, right: `C = ${10 ** i}.0` },
    {
      op: "+",
      left_no: null,
      left: null,
      right_no: 12,
      right: 'gamma = "scale"  # the default, said aloud so that a reader knows what it is',
    },
    same(12, "model = make_pipeline(StandardScaler(), SVC(kernel=kernel, C=C))"),
    same(13, "model.fit(X_train, y_train)"),
    { op: "-", left_no: 14, left: "print(model.score(X_test, y_test))", right_no: null, right: null },
    same(15, "accuracy = model.score(X_test, y_test)"),
  ];
}
