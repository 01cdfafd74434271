import assert from "node:assert/strict";
import { test } from "node:test";
import { chartOf } from "../../harness/charts";
import type { ChartModelState, ChartState } from "../bridge/chart";
import { type Answer, FakeModel } from "../bridge/fake";
import { RunColours, sharedRunColours } from "../lib/runcolours";
import { byText, find, root, settled, until } from "../testing/dom";
import chart from "./chart";

function shown(state: ChartState, answer?: Answer) {
  const model = new FakeModel<ChartModelState>({ chart: state, selected: [] }, answer);
  const el = root();
  return { model, el, close: chart.render({ model, el }) };
}

test("every kind has the same as a table, and goes back", () => {
  for (const kind of ["curve", "scatter", "parallel", "confusion", "images"] as const) {
    const { el, close } = shown(chartOf(kind));
    const button = byText(el, "button", "Table");
    button.click();
    assert.ok(el.querySelectorAll("tbody tr").length > 0, kind);
    assert.equal(button.getAttribute("aria-pressed"), "true");
    button.click();
    assert.equal(el.querySelector(".tb-chart-table"), null);
    close();
    assert.equal(el.children.length, 0);
  }
});

test("a run that is hidden in the legend is hidden in every chart of the page", async () => {
  const { el, close } = shown(chartOf("curve"));
  const entry = find(el, ".tb-legend [data-run]");
  entry.click();
  await settled(20);
  assert.equal(sharedRunColours().isVisible(entry.dataset.run as string), false);
  assert.equal(find(el, ".tb-legend [data-run]").getAttribute("aria-pressed"), "false");
  sharedRunColours().showAll();
  close();
});

test("with Shift the legend shows a run alone, and all again; the entry keeps the focus", async () => {
  const { el, close } = shown(chartOf("curve"));
  const press = async () => {
    const entry = find(el, '.tb-legend [data-run="run-1"]');
    entry.focus();
    entry.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
    await settled(20);
    assert.equal(document.activeElement?.getAttribute("data-run"), "run-1");
    return [...el.querySelectorAll(".tb-legend [data-run]")].map((one) => one.getAttribute("aria-pressed"));
  };
  assert.deepEqual(await press(), ["false", "true", "false", "false"]);
  assert.deepEqual(await press(), ["true", "true", "true", "true"]);
  close();
});

test("points are chosen by keys, one or several", () => {
  const { el, model, close } = shown(chartOf("scatter"));
  const plot = find(el, ".tb-plot");
  const press = (key: string) => plot.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  for (const key of ["ArrowRight", " ", "ArrowRight", " "]) press(key);
  const two = model.get("selected");
  assert.equal(two.length, 2);
  press(" ");
  assert.deepEqual(model.get("selected"), two.slice(0, 1));
  press("Enter");
  assert.deepEqual(model.get("selected"), two.slice(1));
  press("Escape");
  press("Escape");
  assert.deepEqual(model.get("selected"), []);
  close();
});

test("a panel stands for each metric, under its prefix", () => {
  const { el, close } = shown(chartOf("curve"));
  assert.equal(el.querySelectorAll(".tb-panel").length, 3);
  const groups = [...el.querySelectorAll(".tb-chart-group")];
  assert.deepEqual(
    groups.map((group) => [find(group, ".tb-chart-prefix").textContent, group.querySelectorAll(".tb-panel").length]),
    [
      ["", 1],
      ["train", 2],
    ],
  );
  close();
});

test("a stretch that is zoomed into is asked for in detail, and shown whole again", async () => {
  const asked: Record<string, unknown>[] = [];
  const { el, close } = shown(chartOf("curve"), (method, params) => {
    asked.push({ method, ...params });
    return [];
  });
  const plot = find(el, ".tb-panel-plot");
  plot.dispatchEvent(new KeyboardEvent("keydown", { key: "+", bubbles: true }));
  await until(() => asked.length > 0);
  assert.equal(asked[0]?.method, "curves");
  assert.ok((asked[0]?.start as number) > 0);
  assert.equal(byText(el, "button", "Show all").hidden, false);
  plot.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await settled(20);
  assert.equal(byText(el, "button", "Show all").hidden, true);
  close();
});

test("live points lengthen the curves, and the end of a run is seen", async () => {
  const state = chartOf("curve");
  const runs = (state.curves?.runs ?? []).map((run) => ({ ...run, running: true }));
  const { el, model, close } = shown({
    ...state,
    curves: { ...(state.curves as NonNullable<ChartState["curves"]>), runs },
  });
  assert.equal(el.querySelectorAll(".tb-legend .tb-pulse").length, runs.length);
  const points = /(\d+) points/.exec(find(el, ".tb-panel-plot").getAttribute("aria-label") ?? "")?.[1];
  const run_id = runs[0]?.run_id as string;
  model.push({
    kind: "points",
    series: [{ run_id, key: "accuracy", steps: [999], times: [9e12], values: [1], count: 1 }],
    ended: [run_id],
  });
  await settled(20);
  assert.equal(el.querySelectorAll(".tb-legend .tb-pulse").length, runs.length - 1);
  assert.ok(
    find(el, ".tb-panel-plot")
      .getAttribute("aria-label")
      ?.includes(`${Number(points) + 1} points`),
  );
  close();
});

const shownBars = (el: HTMLElement) => el.querySelectorAll(".tb-plot rect:not(.tb-plot-brush)").length;

test("metrics with one value a run are bars with names and values, without what is of curves, hidden by run", async () => {
  const { el, close } = shown(chartOf("bars"));
  await settled(20);
  const panel = find(el, ".tb-panel");
  assert.equal(shownBars(panel), 4); // and two values that are not finite
  const said = [...panel.querySelectorAll(".tb-plot-end")].map((one) => one.textContent);
  assert.deepEqual(said, ["0.9300", "−0.4100", "NaN", "∞", "0.1200", "−2"]);
  assert.equal(panel.querySelectorAll(".tb-plot-tick").length >= 6, true);
  assert.equal(find(el, ".tb-switches select").hidden, true);
  assert.equal(el.querySelectorAll(".tb-legend [data-run]").length, 0);
  sharedRunColours().setVisible(["run-0"], false);
  await settled(20);
  assert.equal(shownBars(find(el, ".tb-panel")), 3);
  find(el, '.tb-legend [data-run="run-0"]').click();
  await settled(20);
  assert.equal(shownBars(find(el, ".tb-panel")), 4);
  assert.equal(el.querySelectorAll(".tb-legend [data-run]").length, 0);
  close();
});

test("a run that goes on has a curve from its first point; what had bars has one once a second point comes", async () => {
  const state = chartOf("bars");
  const whole = state.curves as NonNullable<ChartState["curves"]>;
  const some = (ids: string[], running: boolean) => ({
    ...state,
    curves: {
      ...whole,
      keys: ["score"],
      runs: whole.runs.filter(({ run_id }) => ids.includes(run_id)).map((run) => ({ ...run, running })),
      series: whole.series.filter(({ run_id, key }) => ids.includes(run_id) && key === "score"),
    },
  });
  const live = shown(some(["run-0"], true));
  await settled(20);
  assert.ok(live.el.querySelector(".tb-panel-plot"));
  live.model.push({ kind: "points", series: [], ended: ["run-0"] });
  await settled(20);
  assert.equal(shownBars(live.el), 1);
  live.close();
  const ended = shown(some(["run-0", "run-1"], false));
  await settled(20);
  assert.equal(shownBars(ended.el), 2);
  const point = { run_id: "run-0", key: "score", steps: [9], times: [9e12], values: [1], count: 1 };
  ended.model.push({ kind: "points", series: [point], ended: [] });
  await settled(20);
  assert.ok(ended.el.querySelector(".tb-panel-plot"));
  assert.equal(ended.el.querySelectorAll(".tb-bars").length, 0);
  ended.close();
});

test("a value that has no room beside its bar is cut, and told whole where it is pointed at", async () => {
  const state = chartOf("bars");
  const whole = state.curves as NonNullable<ChartState["curves"]>;
  const series = whole.series.map((one, i) => ({ ...one, values: [1e-120 * (i + 1.2345)] }));
  const { el, close } = shown({ ...state, curves: { ...whole, keys: ["score"], series, grouped: true } });
  await settled(20);
  const plot = find(el, ".tb-plot");
  const said = () => find(plot, ".tb-plot-end").textContent ?? "";
  const wide = said();
  assert.match(wide, /^\S+e−120 ± \S+e−120, n = 6$/);
  Object.defineProperty(plot, "clientWidth", { value: 240 });
  sharedRunColours().pointAt("run-0");
  await settled(20);
  sharedRunColours().pointAt(null);
  assert.match(said(), /^.{5,}…$/);
  assert.ok(wide.startsWith(said().slice(0, -1)));
  plot.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  assert.ok(find(el, ".tb-plot-box .tb-tip").textContent?.endsWith(wide));
  close();
});

test("a metric that gets a curve for bars takes no focus from the others, and keeps its own", async () => {
  for (const focused of ["seconds", "score"]) {
    const { el, model, close } = shown(chartOf("bars"));
    await settled(20);
    const titles = () => [...el.querySelectorAll(".tb-panel figcaption .tb-strong")].map((one) => one.textContent);
    const before = titles();
    const panelOf = (title: string) => el.querySelectorAll<HTMLElement>(".tb-panel")[before.indexOf(title)];
    const plot = find(panelOf(focused) as HTMLElement, ".tb-plot");
    plot.focus();
    const point = { run_id: "run-0", key: "score", steps: [9], times: [9e12], values: [1], count: 1 };
    model.push({ kind: "points", series: [point], ended: [] });
    await settled(20);
    assert.deepEqual(titles(), before);
    const curve = find(panelOf("score") as HTMLElement, ".tb-panel-plot");
    assert.ok(document.activeElement === (focused === "score" ? curve : plot), focused);
    close();
  }
});

test("a run shown again from the legend of bars gives the focus on", async () => {
  const { el, close } = shown(chartOf("bars"));
  sharedRunColours().setVisible(["run-0", "run-1"], false);
  await settled(20);
  const press = async () => {
    const entry = find(el, ".tb-legend [data-run]");
    entry.focus();
    entry.click();
    await settled(20);
  };
  await press();
  assert.equal(document.activeElement?.getAttribute("data-run"), "run-1");
  await press();
  assert.ok(document.activeElement === find(el, ".tb-plot"));
  close();
});

test("runs of a scatter have the colours of the order in which they began", () => {
  const { el, close } = shown(chartOf("scatter"));
  const looks = new RunColours();
  looks.show(Array.from({ length: 12 }, (_, i) => ({ run_id: `run-${i}`, start_ms: i })));
  assert.deepEqual(
    [...el.querySelectorAll("circle.tb-plot-point")].map((one) => one.getAttribute("fill")),
    Array.from({ length: 12 }, (_, i) => looks.colour(`run-${i}`)),
  );
  close();
});

test("the line of the run that is pointed at lies above the others", () => {
  const state = chartOf("scatter");
  const line = (run: string, series: number) => {
    return { x: [0, 1], y: [0, 1], name: run, run, start_ms: series, series, quiet: false };
  };
  const plot = state.plot as NonNullable<ChartState["plot"]>;
  const { el, close } = shown({ ...state, plot: { ...plot, points: [], lines: [line("run-0", 0), line("run-1", 1)] } });
  const opacities = () =>
    [...el.querySelectorAll(".tb-plot path[stroke-width='1.8']")].map((one) => one.getAttribute("stroke-opacity"));
  sharedRunColours().pointAt(null);
  assert.deepEqual(opacities(), ["1", "1"]);
  sharedRunColours().pointAt("run-0");
  assert.deepEqual(opacities(), ["0.3", "1"]);
  sharedRunColours().pointAt(null);
  close();
});

test("marks are told one after the other by keys, and chosen", () => {
  const { el, model, close } = shown(chartOf("scatter"));
  const plot = find(el, ".tb-plot");
  plot.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  assert.ok(find(el, "[aria-live].tb-sr").textContent?.includes("lr"));
  plot.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  assert.deepEqual(model.saved, [{ selected: ["run-0"] }]);
  close();
});

test("a point within a box is pointed at and chosen, and beside it the box is", () => {
  const state = chartOf("scatter");
  const plot = state.plot as NonNullable<ChartState["plot"]>;
  const [one] = plot.points;
  const some = (values: number[]) => [Math.min(...values), Math.max(...values)] as const;
  const [[x0, x1], [y0, y1]] = [some(one?.x ?? []), some(one?.y ?? [])];
  const no = { texts: [], ends: [], shades: [], run: null, series: 0 };
  const rects = [{ ...no, x0: [x0], x1: [x1], y0: [y0], y1: [y1], labels: ["the box"] }];
  const { el, model, close } = shown({ ...state, plot: { ...plot, rects } });
  const at = (event: string, x: number, y: number) =>
    find(el, ".tb-plot").dispatchEvent(new MouseEvent(event, { clientX: x, clientY: y, bubbles: true }));
  const circles = [...el.querySelectorAll("circle.tb-plot-point")];
  const places = circles.map((circle) => ["cx", "cy"].map((name) => Number(circle.getAttribute(name))));
  const [left, right] = some(places.map(([x]) => x as number));
  const inside = places.findIndex(([x]) => (x as number) > left + 20 && (x as number) < right - 20);
  const [x, y] = places[inside] as [number, number];
  for (const event of ["pointermove", "pointerdown", "pointerup"]) at(event, x + 3, y + 3);
  assert.equal(find(el, ".tb-tip").textContent, one?.labels[inside]);
  assert.deepEqual(model.get("selected"), [one?.runs[inside]]);
  const lies = (a: number, b: number) =>
    places.every(([cx, cy]) => Math.hypot(a - (cx as number), b - (cy as number)) > 10);
  const free = Array.from({ length: right - left }, (_, i) => left + i).find((a) => lies(a, y));
  at("pointermove", free as number, y);
  assert.equal(find(el, ".tb-tip").textContent, "the box");
  close();
});

/** Presses, moves and lets go at places of an element, px. */
function drag(place: HTMLElement, from: readonly [number, number], to = from): void {
  const at = (event: string, [clientX, clientY]: readonly [number, number]) =>
    place.dispatchEvent(new MouseEvent(event, { clientX, clientY, bubbles: true }));
  at("pointermove", from);
  at("pointerdown", from);
  at("pointermove", to);
  at("pointerup", to);
}

test("a click within the stretch that was drawn keeps what is chosen, one beside it lets go", () => {
  const { el, model, close } = shown(chartOf("scatter"));
  const plot = find(el, ".tb-plot");
  const places = [...el.querySelectorAll("circle.tb-plot-point")].map((one) =>
    ["cx", "cy"].map((name) => Number(one.getAttribute(name))),
  ) as [number, number][];
  const free = (x: number) =>
    Array.from({ length: 280 }, (_, y) => [x, y + 10] as const).find(([a, b]) =>
      places.every(([cx, cy]) => Math.hypot(a - cx, b - cy) > 30),
    ) as readonly [number, number];
  const xs = places.map(([x]) => x).sort((a, b) => a - b);
  const right = (xs[6] as number) + 10;
  drag(plot, [60, 0], [right, 300]);
  const chosen = model.get("selected");
  assert.equal(chosen.length, xs.filter((x) => x <= right).length);
  drag(plot, free(right - 60));
  assert.deepEqual(model.get("selected"), chosen);
  assert.equal(find(el, ".tb-plot-brush").getAttribute("visibility"), "visible");
  drag(plot, free(right + 60));
  assert.deepEqual(model.get("selected"), []);
  assert.equal(find(el, ".tb-plot-brush").getAttribute("visibility"), "hidden");
  close();
});

test("a stretch stays with what it chose as long as the axes do, and is let go with it", () => {
  const state = chartOf("scatter");
  const plot = state.plot as NonNullable<ChartState["plot"]>;
  const { el, model, close } = shown(state);
  drag(find(el, ".tb-plot"), [60, 0], [300, 300]);
  const chosen = model.get("selected");
  assert.ok(chosen.length > 0);
  const brush = () => find(el, ".tb-plot-brush").getAttribute("visibility");
  model.set("chart", { ...state, title: "Anew", plot: { ...plot } });
  assert.deepEqual([model.get("selected"), brush()], [chosen, "visible"]);
  assert.match(find(el, ".tb-plot").getAttribute("aria-label") ?? "", /^Anew/);
  model.set("chart", { ...state, plot: { ...plot, x: { ...plot.x, title: "other" } } });
  assert.deepEqual([model.get("selected"), brush()], [[], "hidden"]);
  close();
});

test("a drag along an axis that is broken off leaves the brush that was there", () => {
  const { el, model, close } = shown(chartOf("parallel"));
  const box = find(el, ".tb-parallel");
  const place = () => ["y", "height"].map((name) => Number(find(el, '[data-axis="0"]').getAttribute(name)));
  const breakOff = (from: number, to: number) => {
    for (const [event, clientY] of [
      ["pointerdown", from],
      ["pointermove", to],
      ["pointercancel", to],
    ] as const)
      box.dispatchEvent(new MouseEvent(event, { clientX: 72, clientY, bubbles: true }));
  };
  const whole = place();
  breakOff(100, 160);
  assert.deepEqual(place(), whole);
  drag(box, [72, 100], [72, 160]);
  const chosen = model.get("selected");
  breakOff(130, 180);
  breakOff(60, 80);
  assert.deepEqual([model.get("selected"), place()], [chosen, [100, 60]]);
  close();
});

test("a brush of an axis is kept by a click within it, moved from there, and let go by a click beside it", () => {
  const { el, model, close } = shown(chartOf("parallel"));
  const box = find(el, ".tb-parallel");
  const height = () => Number(find(el, '[data-axis="0"]').getAttribute("height"));
  const top = () => Number(find(el, '[data-axis="0"]').getAttribute("y"));
  const whole = height();
  drag(box, [72, 100], [72, 160]);
  const chosen = model.get("selected");
  assert.ok(chosen.length > 0 && chosen.length < 12);
  assert.deepEqual([top(), height()], [100, 60]);
  drag(box, [72, 130]);
  assert.deepEqual([model.get("selected"), top(), height()], [chosen, 100, 60]);
  drag(box, [72, 130], [72, 180]);
  assert.deepEqual([Math.round(top()), Math.round(height())], [150, 60]);
  assert.notDeepEqual(model.get("selected"), chosen);
  drag(box, [72, 60]);
  assert.deepEqual([model.get("selected"), height()], [[], whole]);
  close();
});

test("a run that is pointed at keeps its button in the legend, which a click may be half way through", async () => {
  const { el, close } = shown(chartOf("curve"));
  await settled(20);
  const button = find(el, ".tb-legend button");
  button.dispatchEvent(new Event("pointerenter"));
  await settled(20);
  assert.ok(find(el, ".tb-legend button") === button);
  button.click();
  await settled(20);
  assert.equal(find(el, ".tb-legend button").getAttribute("aria-pressed"), "false");
  find(el, ".tb-legend button").click();
  close();
});

test("an axis is brushed by keys, and Python is told who is left", () => {
  const { el, model, close } = shown(chartOf("parallel"));
  find(el, '[data-axis="0"]').dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
  const chosen = model.get("selected");
  assert.ok(chosen.length > 0 && chosen.length < 12);
  assert.ok(el.textContent?.includes(`${chosen.length} of 12 runs chosen`));
  byText(el, "button", "Clear").click();
  assert.deepEqual(model.get("selected"), []);
  close();
});

test("a range is typed for an axis, and what it leaves is told", () => {
  const { el, model, close } = shown(chartOf("parallel"));
  find(el, '[data-axis="0"]').dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  const form = find(el, ".tb-typed-range");
  assert.equal(form.hidden, false);
  const [from, to] = [...form.querySelectorAll("input")] as [HTMLInputElement, HTMLInputElement];
  const [low, high] = [Number(from.placeholder), Number(to.placeholder)];
  from.value = String(Math.sqrt(low * high));
  form.dispatchEvent(new Event("submit", { cancelable: true }));
  const chosen = model.get("selected");
  assert.ok(chosen.length > 0 && chosen.length < 12);
  from.value = String(high * 10);
  form.dispatchEvent(new Event("submit", { cancelable: true }));
  assert.ok(el.textContent?.includes("0 of 12 runs chosen"));
  assert.deepEqual(model.get("selected"), []);
  close();
});

test("only pictures are shown, and what is gone is said", async () => {
  const { el, close } = shown(chartOf("images"), (_, { run_id }) => ({
    uri: run_id === "run-0" ? "data:image/png;base64,AAAA" : "data:text/html,<script>alert(1)</script>",
  }));
  await settled(20);
  const states = [...el.querySelectorAll<HTMLElement>(".tb-image-tile")].map((tile) => tile.dataset.state);
  assert.deepEqual(states, ["shown", "gone"]);
  close();
});

test("nothing to draw is said in words", () => {
  const { el, close } = shown(chartOf("empty"));
  assert.ok(find(el, ".tb-empty").textContent?.includes("No metrics to draw. Log some"));
  close();
});

test("nothing a user typed becomes an element", () => {
  const { el, close } = shown(chartOf("hostile"));
  assert.equal(el.querySelectorAll("script, img, a, iframe").length, 0);
  close();
});
