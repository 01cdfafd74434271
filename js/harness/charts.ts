/** Charts of each kind that a view draws by itself. */
import type { ChartCurves, ChartState, CurveSeries } from "../src/bridge/chart";
import type { Num } from "../src/bridge/payloads";
import type { Plot } from "../src/bridge/plot";

const NOW = 1_790_000_000_000;
const BAD = "<script>alert(1)</script> <img src=x onerror=alert(2)> שלום ".repeat(8);
export type ChartName =
  | "curve"
  | "curve-groups"
  | "bars"
  | "bars-many"
  | "scatter"
  | "parallel"
  | "confusion"
  | "images"
  | "empty"
  | "hostile"
  | "odd";

const range = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const bare: ChartState = {
  schema: 1,
  kind: "curve",
  title: "Curve",
  note: "No metrics to draw. Log some with tb.log_metric(key, value, step).",
  table: { heads: [], numeric: [], rows: [], total: 0 },
  plot: null,
  parallel: null,
  images: null,
  curves: null,
};

export function chartOf(name: ChartName): ChartState {
  if (name === "empty") return bare;
  if (name === "scatter" || name === "hostile") return scatter(name === "hostile" ? BAD : "lr");
  if (name === "confusion") return confusion();
  if (name === "parallel") return parallel();
  if (name === "images") return images();
  if (name === "bars" || name === "bars-many") return bars(name === "bars" ? 6 : 50);
  return curves(name);
}

function curves(name: ChartName): ChartState {
  const keys = ["accuracy", "train/loss", "train/error"];
  const odd = name === "odd";
  const values = (run: number, key: number): Num[] =>
    odd
      ? ([
          ["NaN", 1, "Infinity", 2],
          [1e300, -1e300, 5, 5],
          [3, 3, 3, 3],
        ][run % 3] as Num[])
      : range(
          80,
          (i) => (key === 0 ? 1 - Math.exp(-i / 20) : Math.exp(-i / (15 + run * 3))) + Math.sin(i * (run + 2)) * 0.02,
        );
  const series: CurveSeries[] = range(4, (run) => run).flatMap((run) =>
    keys.map((key, k) => {
      const found = values(run, k);
      return {
        run_id: `run-${run}`,
        key,
        steps: found.map((_, i) => i),
        times: found.map((_, i) => NOW + i * 1000),
        values: found,
        count: found.length,
      };
    }),
  );
  const state: ChartCurves = {
    keys,
    runs: range(4, (i) => ({
      run_id: `run-${i}`,
      name: odd ? `${BAD}${i}` : `gentle-heron-${i}`,
      group: name === "curve-groups" ? `lr ${i % 2 ? 0.1 : 0.2}` : null,
      running: false,
      start_ms: NOW,
    })),
    series,
    x: "step",
    log: false,
    log_x: false,
    smoothing: name === "curve" ? 0.6 : 0,
    clip: false,
    grouped: name === "curve-groups",
  };
  const table = {
    heads: ["run", "metric", "last"],
    numeric: [false, false, true],
    rows: series.map((one) => [one.run_id, one.key, one.values[one.values.length - 1] ?? null]),
    total: series.length,
  };
  return { ...bare, title: keys.join(", "), note: "4 newest of 24 runs", table, curves: state };
}

/** Metrics with one value a run: long names, negative values and what is not finite among them. */
function bars(count: number): ChartState {
  const keys = count > 12 ? ["score"] : ["score", "seconds"];
  const odd: Num[] = [0.93, -0.41, "NaN", "Infinity", 0.12, -2];
  const series: CurveSeries[] = keys.flatMap((key, k) =>
    range(count, (i) => ({
      run_id: `run-${i}`,
      key,
      steps: [0],
      times: [NOW],
      values: [k === 0 && i < odd.length ? (odd[i] as Num) : 3 + Math.sin(i)],
      count: 1,
    })),
  );
  const state = curves("odd");
  const one = state.curves as ChartCurves;
  const runs = range(count, (i) => ({
    run_id: `run-${i}`,
    name: i === 1 ? "gentle-heron-with-a-long-…-of-a-run" : `gentle-heron-${i}`,
    group: null,
    running: false,
    start_ms: NOW + i,
  }));
  return { ...state, title: keys.join(", "), note: "", curves: { ...one, keys, runs, series } };
}

const axis = (title: string, more: Partial<Plot["x"]> = {}): Plot["x"] => ({
  title,
  scale: "linear",
  labels: [],
  low: null,
  high: null,
  ...more,
});

function scatter(title: string): ChartState {
  const x = range(12, (i) => 10 ** (-4 + i / 4));
  const plot: Plot = {
    x: axis(title, { scale: "log" }),
    y: axis("accuracy"),
    points: [
      {
        tone: "run",
        name: "",
        series: 0,
        x,
        y: x.map((_, i) => Math.sin(i / 3)),
        runs: x.map((_, i) => `run-${i}`),
        starts_ms: x.map((_, i) => NOW + i),
        labels: x.map((_, i) => `run ${i}: ${title}`),
        shades: [],
      },
    ],
    lines: [],
    rects: [],
    shade: null,
    square: false,
  };
  const rows = x.map((value, i): (string | Num)[] => [title, value, Math.sin(i / 3)]);
  return {
    ...bare,
    kind: "scatter",
    title: `accuracy against ${title}`,
    note: "",
    plot,
    table: { heads: ["run", title, "accuracy"], numeric: [false, true, true], rows, total: 500 },
  };
}

function confusion(): ChartState {
  const names = ["cat", "dog", "owl"];
  const at = range(9, (i) => i);
  const shades = [0.9, 0.05, 0.05, 0.2, 0.7, 0.1, 0, 0.4, 0.6];
  const plot: Plot = {
    x: axis("prediction", { scale: "band", labels: names }),
    y: axis("label", { scale: "band", labels: [...names].reverse() }),
    points: [],
    lines: [],
    rects: [
      {
        x0: at.map((i) => (i % 3) - 0.5),
        x1: at.map((i) => (i % 3) + 0.5),
        y0: at.map((i) => 2 - Math.floor(i / 3) - 0.5),
        y1: at.map((i) => 2 - Math.floor(i / 3) + 0.5),
        labels: at.map((i) => `${names[Math.floor(i / 3)]} taken for ${names[i % 3]}: ${shades[i]}`),
        texts: shades.map((share) => String(share * 100)),
        ends: [],
        shades,
        run: null,
        series: 0,
      },
    ],
    shade: { title: "share of the label", low: "0", high: "1", share: true },
    square: true,
  };
  const rows = names.map((name, i): (string | Num)[] => [name, ...shades.slice(3 * i, 3 * i + 3)]);
  return {
    ...bare,
    kind: "confusion",
    title: "Confusion matrix",
    note: "300 examples, accuracy 0.7",
    plot,
    table: { heads: ["label", ...names], numeric: [false, true, true, true], rows, total: 3 },
  };
}

function parallel(): ChartState {
  const runs = range(12, (i) => `run-${i}`);
  const values = runs.map((_, i) => [10 ** (-4 + i / 4), i % 2, i === 3 ? null : Math.sin(i)]);
  return {
    ...bare,
    kind: "parallel",
    title: "Parallel coordinates of lr, opt, accuracy",
    note: "",
    parallel: {
      axes: [
        { title: "lr", labels: [], low: 1e-4, high: 1, log: true },
        { title: "opt", labels: ["adam", "sgd"], low: 0, high: 1, log: false },
        { title: "accuracy", labels: [], low: -1, high: 1, log: false },
      ],
      runs,
      names: runs,
      values,
      texts: values.map((row) => row.map(String)),
    },
    table: {
      heads: ["run", "lr"],
      numeric: [false, true],
      rows: runs.map((run, i) => [run, values[i]?.[0] ?? null]),
      total: 12,
    },
  };
}

function images(): ChartState {
  const series = range(2, (i) => ({
    run: `run-${i}`,
    name: `gentle-heron-${i}`,
    start_ms: NOW + i,
    key: "samples",
    images: [0, 5, 10].map((step) => ({ step, path: `images/samples-${step}.png`, size: 100 })),
  }));
  return {
    ...bare,
    kind: "images",
    title: "Images 'samples'",
    note: "",
    images: series,
    table: { heads: ["run", "step"], numeric: [false, true], rows: [["run-0", 0]], total: 1 },
  };
}
