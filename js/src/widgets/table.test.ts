import assert from "node:assert/strict";
import { test } from "node:test";
import { hostileTable, tableOf, traitsOf } from "../../harness/tables";
import { FakeModel } from "../bridge/fake";
import type { TableTraits } from "../bridge/table";
import { byText, find, root, settled, until } from "../testing/dom";
import table from "./table";

function shown(played: ReturnType<typeof tableOf>) {
  const model = new FakeModel<TableTraits>(traitsOf(played), played.answer);
  const el = root();
  return { model, el, close: table.render({ model, el }) };
}

const rows = (el: HTMLElement) =>
  [...el.querySelectorAll<HTMLElement>(".tb-grid-body .tb-tr")].sort(
    (a, b) => Number(a.dataset.index) - Number(b.dataset.index),
  );
const names = (el: HTMLElement) => rows(el).map((row) => find(row, '[data-column="1"]').textContent);
const press = (el: HTMLElement, key: string, more: KeyboardEventInit = {}) =>
  find(el, ".tb-grid").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
const click = (element: HTMLElement, more: MouseEventInit = {}) =>
  element.dispatchEvent(new MouseEvent("click", { bubbles: true, ...more }));
const cell = (el: HTMLElement, row: number, column = 1) =>
  find(rows(el)[row] as HTMLElement, `[data-column="${column}"]`);

test("the grid says how large it is and draws only what is in sight", () => {
  const { el, close } = shown(tableOf(10_000));
  const grid = find(el, "[role=grid]");
  assert.equal(grid.getAttribute("aria-rowcount"), "10001");
  assert.ok(rows(el).length < 40);
  assert.ok((el.textContent ?? "").includes("10,000 runs"));
  close();
});

test("a click on a header asks for the order, and Python is told", async () => {
  const { el, model, close } = shown(tableOf(20));
  click(byText(el, ".tb-th", "accuracy"));
  await settled(5);
  assert.equal(byText(el, ".tb-th", "accuracy").getAttribute("aria-sort"), "ascending");
  assert.deepEqual(model.get("order_by"), [{ key: "metrics.accuracy", desc: false }]);
  click(byText(el, ".tb-th", "Status"), { shiftKey: true });
  await settled(5);
  assert.equal(model.get("order_by").length, 2);
  close();
});

test("clicks select: alone, added, as a range", async () => {
  const { el, model, close } = shown(tableOf(20));
  click(cell(el, 2));
  click(cell(el, 4), { ctrlKey: true });
  assert.deepEqual(model.get("selected"), ["run-000002", "run-000004"]);
  click(cell(el, 6), { shiftKey: true });
  await settled(5);
  assert.deepEqual(model.get("selected"), ["run-000002", "run-000004", "run-000005", "run-000006"]);
  click(cell(el, 2, 0));
  assert.ok(!model.get("selected").includes("run-000002"));
  click(cell(el, 0));
  assert.deepEqual(model.get("selected"), ["run-000000"]);
  close();
});

test("the keyboard moves, selects and sorts", async () => {
  const { el, model, close } = shown(tableOf(20));
  for (const key of ["ArrowDown", "ArrowDown", " "]) press(el, key);
  assert.deepEqual(model.get("selected"), ["run-000001"]);
  press(el, "ArrowDown", { shiftKey: true });
  await settled(5);
  assert.deepEqual(model.get("selected"), ["run-000001", "run-000002"]);
  press(el, "ArrowUp", { ctrlKey: true });
  press(el, "Enter");
  await settled(5);
  assert.deepEqual(model.get("order_by"), [{ key: "attributes.run_name", desc: false }]);
  close();
});

test("the box in the header selects every run, also those not fetched yet", async () => {
  const { el, model, close } = shown(tableOf(2500));
  click(find(el, '.tb-th[data-column="0"]'));
  await settled(20);
  assert.equal(model.get("selected").length, 2500);
  close();
});

test("what Python selects is shown", () => {
  const { el, model, close } = shown(tableOf(5));
  model.set("selected", ["run-000003"]);
  assert.equal((rows(el)[3] as HTMLElement).getAttribute("aria-selected"), "true");
  close();
});

test("a filter asks on Enter, and the count says of how many", async () => {
  const { el, model, close } = shown(tableOf(30));
  const input = find<HTMLInputElement>(el, ".tb-filter input");
  input.value = "params.kernel = 'rbf'";
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  await settled(5);
  assert.ok((el.textContent ?? "").includes("10 of 30 runs"));
  assert.equal(model.get("filter"), "params.kernel = 'rbf'");
  close();
});

test("a view that begins later is set as the first one is", async () => {
  const { model, el, close } = shown(tableOf(30));
  const input = find<HTMLInputElement>(el, ".tb-filter input");
  input.value = "params.kernel = 'rbf'";
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  await settled(5);
  click(byText(el, ".tb-th", "accuracy"));
  await settled(5);
  const later = document.createElement("div");
  document.body.append(later);
  const closeLater = table.render({ model, el: later });
  await settled(5);
  assert.ok((later.textContent ?? "").includes("10 of 30 runs"));
  assert.equal(find<HTMLInputElement>(later, ".tb-filter input").value, "params.kernel = 'rbf'");
  assert.equal(byText(later, ".tb-th", "accuracy").getAttribute("aria-sort"), "ascending");
  assert.deepEqual(names(later), names(el));
  closeLater();
  close();
});

test("typing asks after a pause", async () => {
  const { el, model, close } = shown(tableOf(30));
  const input = find<HTMLInputElement>(el, ".tb-filter input");
  input.value = "kernel = 'poly'";
  input.dispatchEvent(new Event("input"));
  await settled(50);
  assert.equal(model.get("filter"), "");
  await until(() => model.get("filter") === "kernel = 'poly'");
  close();
});

test("a filter that does not parse shows the place, and the rows stay", async () => {
  const { el, model, close } = shown(tableOf(30));
  const before = names(el);
  const input = find<HTMLInputElement>(el, ".tb-filter input");
  input.value = "metrics.accuracy > and";
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  await settled(5);
  assert.equal(find(el, ".tb-caret").textContent, ">");
  assert.ok(find(el, ".tb-filter-problem").textContent?.includes("Expected a number here."));
  assert.equal(input.getAttribute("aria-invalid"), "true");
  assert.deepEqual(names(el), before);
  assert.equal(model.get("filter"), "");
  close();
});

test("name, status, age and results come first, the rest behind them", () => {
  const { el, close } = shown(tableOf(6));
  const heads = [...el.querySelectorAll('[role="columnheader"]')].map((head) => head.textContent?.trim());
  const wanted = ["Run", "Status", "Started", "accuracy", "val/loss", "Duration", "Cell", "C", "kernel", "note"];
  assert.deepEqual(heads.slice(1), wanted);
  close();
});

test("columns are chosen from what there is", async () => {
  const { el, model, close } = shown(tableOf(5));
  byText(el, "button", "Columns").click();
  await settled(5);
  const search = find<HTMLInputElement>(el, ".tb-chooser input[type=search]");
  search.value = "m12";
  search.dispatchEvent(new Event("input"));
  const box = find<HTMLInputElement>(el, ".tb-chooser-entry input");
  box.checked = true;
  box.dispatchEvent(new Event("change"));
  await settled(5);
  assert.equal(model.get("columns").at(-1), "metrics.m12");
  assert.ok(byText(el, ".tb-th", "m12"));
  close();
});

test("a column that comes moves neither what is seen nor the active cell", async () => {
  const { el, model, close } = shown(tableOf(20));
  const grid = find(el, ".tb-grid");
  const place = (name: string) => Number(byText(el, ".tb-th", name).dataset.column);
  for (let i = 1; i < place("kernel"); i += 1) press(el, "ArrowRight");
  grid.scrollLeft = 400;
  const [first, ...others] = model.get("columns");
  model.set("columns", [first as string, "metrics.m12", ...others]);
  assert.equal(find(el, ".tb-active").dataset.column, String(place("kernel")));
  assert.equal(grid.scrollLeft, 400 + Number.parseInt(byText(el, ".tb-th", "m12").style.width, 10));
  grid.scrollLeft = 0;
  grid.dispatchEvent(new Event("scroll"));
  const filled = () => model.sent.find((one) => one.method === "runs");
  await until(() => filled() !== undefined);
  const asked = filled()?.params as { columns: string[] };
  assert.deepEqual(asked.columns, ["metrics.m12"]);
  close();
});

test("columns that come or are chosen while an answer is awaited stay", async () => {
  const played = tableOf(30);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const model = new FakeModel<TableTraits>(traitsOf(played), async (method, params) => {
    if (method === "rows" && params.filter !== "") await held;
    return played.answer(method, params);
  });
  const el = root();
  const close = table.render({ model, el });
  const input = find<HTMLInputElement>(el, ".tb-filter input");
  input.value = "kernel = 'poly'";
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  const columns = [...model.get("columns"), "metrics.m12"];
  model.set("columns", columns);
  release();
  await until(() => model.get("filter") === "kernel = 'poly'");
  assert.deepEqual(model.get("columns"), columns);
  assert.ok(byText(el, ".tb-th", "m12"));
  close();
});

test("exactly one selected run can be registered, two can be compared", async () => {
  const { el, close } = shown(tableOf(5));
  click(cell(el, 1));
  byText(el, "button", "Register…").click();
  find(el, "form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await settled(5);
  assert.ok(byText(el, ".tb-pill", "breast-cancer").textContent?.includes("v1"));
  click(cell(el, 2), { ctrlKey: true });
  byText(el, "button", "Compare").click();
  await settled(5);
  assert.ok(find<HTMLTextAreaElement>(el, "textarea").value.startsWith("tb.compare(["));
  close();
});

test("no runs, and none that match, are said in words", async () => {
  const { el, close } = shown(tableOf(0));
  assert.ok((el.textContent ?? "").includes("No runs yet"));
  close();
});

test("nothing a user typed becomes an element", () => {
  const { el, close } = shown(hostileTable());
  assert.equal(el.querySelectorAll("script, img, a, iframe").length, 0);
  close();
});

test("numbers are aligned as numbers and whole in their title", () => {
  const { el, close } = shown(tableOf(5));
  const accuracy = byText(el, ".tb-th", "accuracy");
  assert.equal(accuracy.dataset.align, "end");
  const value = find(rows(el)[1] as HTMLElement, `[data-column="${accuracy.dataset.column}"] span`);
  assert.ok(value.title.length > (value.textContent?.length ?? 0));
  close();
});

test("closing takes every listener away", () => {
  const { el, model, close } = shown(tableOf(5));
  close();
  assert.equal(model.listenerCount(), 0);
  assert.equal(el.childElementCount, 0);
});
