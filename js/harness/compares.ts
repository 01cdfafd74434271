/** Comparisons of two and of five runs. */
import type { CompareRow, CompareState, Num, SideLine } from "../src/bridge/payloads";
import { bare } from "./cards";

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
      .map((i) => ({ run_id: `run-${i}`, lines: code(i) })),
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
