/**
 * A page without a kernel: one built widget with a fake model, chosen by the address:
 * `?view=card-rich&theme=light|dark|plain|plain-dark`.  `window.model` is the fake model, for poking at it.
 */

import type { CardModelState, Preview } from "../src/bridge/card";
import type { ChartModelState } from "../src/bridge/chart";
import type { CompareModelState } from "../src/bridge/compare";
import { type Answer, FakeModel, Refusal } from "../src/bridge/fake";
import type { CurvePiece } from "../src/bridge/payloads";
import type { ModelDetail, RegistryState, RegistryTraits } from "../src/bridge/registry";
import type { TableTraits } from "../src/bridge/table";
import { bare, curvesFor, failed, hostile, many, metric, plain, recorded, resumed, rich, running } from "./cards";
import { type ChartName, chartOf } from "./charts";
import { comparisonOf } from "./compares";
import { drawPanel } from "./panels";
import { emptyRegistry, playRegistry, registryOf } from "./registries";
import { hostileTable, hugeTable, tableOf, traitsOf } from "./tables";

type AnyModel =
  | FakeModel<CardModelState>
  | FakeModel<TableTraits>
  | FakeModel<CompareModelState>
  | FakeModel<ChartModelState>
  | FakeModel<RegistryTraits>;
type Widget = "card" | "table" | "compare" | "chart" | "registry";

const answerCard: Answer = (method, params) => {
  if (method === "curves") return curvesFor(params.keys as string[]);
  if (method === "register") {
    if (params.name === "taken") throw new Refusal({ type: "AlreadyExists", message: "model 'taken' already exists" });
    return { name: params.name, version: "2", aliases: params.alias ? [params.alias] : [] };
  }
  if (method === "keep") {
    if (params.path === "model.joblib")
      throw new Refusal({
        type: "InvalidState",
        message: "'model.joblib' has changed since the run wrote it: run the cell again, then keep it",
      });
    return { path: params.path, size: 48_113, kept: `files/${params.path}` };
  }
  if (method === "preview") return previewOf(String(params.path));
  if (method === "edit")
    return params.value === "taken"
      ? { saved: false, value: "what somebody else wrote" }
      : { saved: true, value: params.value };
  if (["baseline", "trash", "restore", "stop"].includes(method)) return null;
  return rich;
};

const card = (shown: typeof rich, folded = false) => new FakeModel<CardModelState>({ card: shown, folded }, answerCard);

function table(played: ReturnType<typeof tableOf>): FakeModel<TableTraits> {
  return new FakeModel<TableTraits>(traitsOf(played), played.answer);
}

const compare = (n: number, bad = false) =>
  new FakeModel<CompareModelState>({ compare: comparisonOf(n, bad), only_differences: true });

const registry = (state: RegistryState, versions: number, hostile = false, overtaken = false) => {
  const whole = registryOf(versions, true, hostile).model as ModelDetail;
  return new FakeModel<RegistryTraits>({ registry: state }, playRegistry(state, whole, overtaken));
};

const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const chart = (name: ChartName) =>
  new FakeModel<ChartModelState>({ chart: chartOf(name), selected: [] }, (method) =>
    method === "image" ? { uri: PIXEL } : method === "curves" ? [] : chartOf(name),
  );

const runningModel = (folded = false) =>
  new FakeModel<CardModelState>({ card: running, folded }, (method, params) =>
    method === "card" ? running : method === "curves" ? [] : answerCard(method, params),
  );

const previewOf = (path: string): Preview => {
  const nothing: Preview = {
    kind: "none",
    text: "",
    rows: [],
    uri: null,
    said: "a binary file: its bytes are no text",
  };
  if (path.endsWith(".png")) return { ...nothing, kind: "image", uri: PIXEL, said: "" };
  if (path.endsWith("MLmodel")) return { ...nothing, kind: "text", text: "flavors:\n  sklearn: {}\n", said: "" };
  return nothing;
};

const VIEWS: Record<string, () => [Widget, AnyModel]> = {
  "card-rich": () => ["card", card(rich)],
  "card-recorded": () => ["card", card(recorded)],
  "card-plain": () => ["card", card(plain)],
  "card-many": () => ["card", card(many)],
  "card-folded": () => ["card", card(rich, true)],
  "card-failed": () => ["card", card(failed)],
  "card-bare": () => ["card", card(bare)],
  "card-hostile": () => ["card", card(hostile)],
  "card-running": () => ["card", fed(runningModel(), 50)],
  "card-live": () => ["card", live(runningModel())],
  "card-resumed": () => ["card", card(resumed)],
  "card-running-folded": () => ["card", live(runningModel(true))],
  "card-offline": () => ["card", lost(card(running))],
  "table-0": () => ["table", table(tableOf(0))],
  "table-3": () => ["table", table(tableOf(3))],
  "table-340": () => ["table", table(tableOf(340))],
  "table-10000": () => ["table", table(tableOf(10_000))],
  "table-huge": () => ["table", table(hugeTable())],
  "table-grouped": () => ["table", table(tableOf(340, 0, { group_by: ["seeds"] }))],
  "table-baseline": () => [
    "table",
    table(tableOf(340, 0, { baseline: "run-000005", selected: ["run-000002", "run-000003"] })),
  ],
  "table-loading": () => ["table", table(tableOf(340, 600_000, { filter: "metrics.accuracy > 0.9" }))],
  "table-busy": () => ["table", table(tableOf(340, 4000))],
  "table-hostile": () => ["table", table(hostileTable())],
  "compare-2": () => ["compare", compare(2)],
  "compare-5": () => ["compare", compare(5)],
  "compare-hostile": () => ["compare", compare(3, true)],
  "chart-curve": () => ["chart", chart("curve")],
  "chart-curve-groups": () => ["chart", chart("curve-groups")],
  "chart-bars": () => ["chart", chart("bars")],
  "chart-bars-many": () => ["chart", chart("bars-many")],
  "chart-odd": () => ["chart", chart("odd")],
  "chart-scatter": () => ["chart", chart("scatter")],
  "chart-parallel": () => ["chart", chart("parallel")],
  "chart-confusion": () => ["chart", chart("confusion")],
  "chart-images": () => ["chart", chart("images")],
  "chart-empty": () => ["chart", chart("empty")],
  "registry-empty": () => ["registry", registry(emptyRegistry, 0)],
  "registry-models": () => ["registry", registry(registryOf(3, false), 3)],
  "registry-none": () => ["registry", registry(registryOf(0, true), 0)],
  "registry-3": () => ["registry", registry(registryOf(3, true), 3)],
  "registry-500": () => ["registry", registry(registryOf(500, true), 500)],
  "registry-hostile": () => ["registry", registry(registryOf(3, true, true), 3, true)],
  "registry-overtaken": () => ["registry", registry(registryOf(3, true), 3, false, true)],
  "chart-hostile": () => ["chart", chart("hostile")],
};

function delta(step: number) {
  const piece = (key: string, value: number): CurvePiece => ({
    key,
    steps: [step],
    times: [Date.now() + step],
    values: [value],
  });
  const accuracy = 0.95 - 0.5 * Math.exp(-step / 10) + Math.sin(step * 3) * 0.01;
  const loss = 0.7 * Math.exp(-step / 12) + 0.05;
  const more = { step, count: step + 1, origin: "logged" };
  return {
    kind: "delta" as const,
    seq: step + 1,
    status: "RUNNING" as const,
    end_ms: null,
    metrics: [
      metric("val_accuracy", accuracy, { ...more, delta: accuracy - 0.93 }),
      metric("train/loss", loss, more),
      metric("val/loss", loss * 1.2, more),
    ],
    progress: { seen: null, first: 0, total: 400, unit: "epoch", source: "for epoch in range(epochs)" },
    system: [metric("system/cpu_utilization_percentage", 93.4, { ...more, count: step + 1 })],
    curves: [piece("val_accuracy", accuracy), piece("train/loss", loss), piece("val/loss", loss * 1.2)],
  };
}

function fed(model: FakeModel<CardModelState>, points: number): FakeModel<CardModelState> {
  setTimeout(() => {
    for (let i = 0; i < points; i += 1) model.push(delta(i));
  }, 50);
  return model;
}

function live(model: FakeModel<CardModelState>): FakeModel<CardModelState> {
  let step = 0;
  setInterval(() => model.push(delta(step++)), 100);
  return model;
}

function lost(model: FakeModel<CardModelState>): FakeModel<CardModelState> {
  setTimeout(() => model.emit("comm_live_update"), 100);
  return model;
}

const query = new URLSearchParams(location.search);
document.body.dataset.theme = query.get("theme") ?? "light";
const name = query.get("view") ?? "card-rich";
const el = document.querySelector("main") as HTMLElement;
const bundle = (name: string) => import(new URL(`../../../src/trackbook/static/${name}.js`, import.meta.url).href);
if (!drawPanel(name, el)) {
  const [widget, model] = (VIEWS[name] ?? (VIEWS["card-rich"] as () => [Widget, AnyModel]))();
  Object.assign(window, { model });
  await bundle("shared");
  const built = await bundle(widget);
  built.default.render({ model, el });
}
document.body.dataset.ready = "true";
