import assert from "node:assert/strict";
import { test } from "node:test";
import { hugeTable, tableOf, traitsOf } from "../../harness/tables";
import { FakeModel } from "../bridge/fake";
import type { TableTraits } from "../bridge/table";
import { sharedRunColours } from "../lib/runcolours";
import { byText, find, root, settled, until } from "../testing/dom";
import table from "./table";

function shown(played: ReturnType<typeof tableOf>) {
  const model = new FakeModel<TableTraits>(traitsOf(played), played.answer);
  const el = root();
  return { model, el, close: table.render({ model, el }) };
}

const press = (el: HTMLElement, ...keys: string[]) => {
  for (const key of keys)
    find(el, ".tb-grid").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
};
const rows = (el: HTMLElement) => [...el.querySelectorAll<HTMLElement>(".tb-grid-body [data-index]")];
const asked = (model: FakeModel<TableTraits>, method: string) =>
  model.sent.filter((message) => message.method === method).map((message) => message.params as Record<string, unknown>);

test("of 2,000 columns only those in sight are drawn", () => {
  const { el, close } = shown(hugeTable());
  assert.equal(find(el, ".tb-grid").getAttribute("aria-colcount"), "2006");
  assert.ok(el.querySelectorAll(".tb-th").length < 30);
  press(el, "ArrowRight");
  close();
});

test("scrolling builds no rows: those that leave become those that come, with all that is said of a run", async () => {
  const { el, close } = shown(tableOf(340));
  let before: HTMLElement[] = [];
  const drawn = new Map<string, string>();
  const grid = find(el, ".tb-grid");
  for (const top of [0, 40 * 28, 0]) {
    before = rows(el);
    grid.scrollTop = top;
    grid.dispatchEvent(new Event("scroll"));
    await settled(120);
    for (const row of rows(el)) {
      const text = row.textContent?.replace(/\d+ min( \d+ s)?/g, ""); // the time goes on
      const said = [text, row.querySelector(".tb-dot")?.getAttribute("style"), row.title].join();
      assert.equal(drawn.get(row.dataset.run as string) ?? said, said);
      drawn.set(row.dataset.run as string, said);
    }
  }
  assert.equal(drawn.size, 20 + 28);
  assert.ok(rows(el).every((row) => before.includes(row)));
  close();
});

test("pointing at a run draws no row anew", async () => {
  const { el, close } = shown(tableOf(20));
  const name = find(rows(el)[3] as HTMLElement, ".tb-run-name");
  sharedRunColours().pointAt("run-000003");
  await settled(5);
  assert.equal(find(rows(el)[3] as HTMLElement, ".tb-run-name"), name);
  assert.ok(el.contains(name));
  sharedRunColours().pointAt(null);
  close();
});

test("rows that are all here are sorted without asking", async () => {
  const { el, model, close } = shown(tableOf(20));
  const before = asked(model, "rows").length;
  byText(el, ".tb-th", "Run").click();
  await settled(5);
  assert.equal(asked(model, "rows").length, before);
  assert.deepEqual(model.get("order_by"), [{ key: "attributes.run_name", desc: false }]);
  close();
});

test("runs are grouped by one key and unfolded by another", async () => {
  const { el, model, close } = shown(tableOf(60));
  press(el, "g");
  await settled(30);
  assert.deepEqual(model.get("group_by"), ["seeds"]);
  assert.equal(find(el, ".tb-grid").getAttribute("role"), "treegrid");
  const groups = rows(el).length;
  assert.ok(el.textContent?.includes(`${groups} groups of 60 runs`));
  press(el, "ArrowDown", "ArrowRight");
  const runs = () => rows(el).filter((row) => row.dataset.run !== undefined).length;
  await until(() => runs() > 0);
  assert.equal(rows(el)[0]?.getAttribute("aria-expanded"), "true");
  assert.equal(runs(), 5);
  press(el, "g");
  await settled(5);
  assert.ok(rows(el).every((row) => row.dataset.run !== undefined));
  close();
});

test("the pinned baseline stands above the rows, which show their difference to it", async () => {
  const { el, model, close } = shown(tableOf(20));
  press(el, "ArrowDown", "ArrowDown", "b");
  await until(() => el.querySelector(".tb-delta") !== null);
  assert.equal(model.get("baseline"), "run-000001");
  assert.equal(find(el, ".tb-baseline").dataset.run, "run-000001");
  assert.ok(find(rows(el)[0] as HTMLElement, ".tb-delta").textContent?.startsWith("\u2212"));
  model.set("baseline", "");
  await settled(5);
  assert.equal(el.querySelector(".tb-baseline"), null);
  close();
});

test("a cell's value becomes a filter, joined to what is there", async () => {
  const { el, model, close } = shown(tableOf(30));
  const at = Number(byText(el, ".tb-th", "kernel").dataset.column);
  press(el, "ArrowDown", ...Array.from({ length: at - 1 }, () => "ArrowRight"), "f");
  await settled(5);
  assert.equal(model.get("filter"), "params.kernel = 'rbf'");
  close();
});

/** Types a filter and sorts by the run's name, the second before the first is answered. */
async function filteredAndSorted(filter: string, runs = 40, sortFirst = false) {
  const played = shown(tableOf(runs, 20));
  const box = find<HTMLInputElement>(played.el, "[role=combobox]");
  const sort = () => byText(played.el, ".tb-th", "Run").click();
  if (sortFirst) sort();
  box.value = filter;
  box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  if (!sortFirst) sort();
  assert.ok(find(played.el, ".tb-table").hasAttribute("data-asking"));
  await until(() => !find(played.el, ".tb-table").hasAttribute("data-asking"));
  return { ...played, box };
}

test("what is sorted before its filter is answered is filtered, too", async () => {
  const { el, model, close, box } = await filteredAndSorted("params.kernel = 'rbf'");
  assert.equal(model.get("filter"), "params.kernel = 'rbf'");
  assert.deepEqual(model.get("order_by"), [{ key: "attributes.run_name", desc: false }]);
  assert.equal(box.value, "params.kernel = 'rbf'");
  assert.equal(find(el, ".tb-count").textContent, "14 of 40 runs");
  close();
});

test("what is sorted before its filter is refused is sorted all the same", async () => {
  const { el, model, close, box } = await filteredAndSorted("params.kernel >");
  assert.deepEqual(model.get("order_by"), [{ key: "attributes.run_name", desc: false }]);
  assert.equal(model.get("filter"), "");
  assert.equal(find(el, ".tb-count").textContent, "40 runs");
  assert.equal(box.value, "params.kernel >");
  close();
});

test("what is sorted before a filter is asked that is refused stays sorted", async () => {
  const { el, model, close, box } = await filteredAndSorted("params.kernel >", 340, true);
  assert.deepEqual(model.get("order_by"), [{ key: "attributes.run_name", desc: false }]);
  assert.equal(byText(el, ".tb-th", "Run").getAttribute("aria-sort"), "ascending");
  assert.match(rows(el)[0]?.textContent ?? "", /amber-/);
  assert.equal(box.value, "params.kernel >");
  assert.equal(box.getAttribute("aria-invalid"), "true");
  close();
});

test("a table says as what it was copied", async () => {
  const copied: string[] = [];
  const clipboard = { writeText: async (text: string) => void copied.push(text) };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });
  const { el, close } = shown(tableOf(5));
  for (const name of ["Markdown", "LaTeX"]) {
    find(el, '[aria-label="More"]').click();
    byText(el, "[role=menuitem]", `Copy table as ${name}`).click();
    await until(() => find(el, ".tb-said").textContent === `Copied as ${name}.`);
  }
  assert.equal(copied.length, 2);
  close();
});

test("what is hidden is hidden in every view of the page", () => {
  const { el, close } = shown(tableOf(5));
  press(el, "ArrowDown", "h");
  assert.equal(sharedRunColours().isVisible("run-000000"), false);
  assert.ok(rows(el)[0]?.hasAttribute("data-dimmed"));
  sharedRunColours().showAll();
  assert.ok(!rows(el)[0]?.hasAttribute("data-dimmed"));
  close();
});

test("runs that arrive above do not move what is selected", async () => {
  const played = tableOf(20);
  const { el, model, close } = shown(played);
  press(el, "ArrowDown", " ");
  const fresh = { ...played.table.rows[0], run: { ...played.table.rows[0]?.run, run_id: "new", name: "new" } };
  const { filter, order_by, columns } = played.table;
  const all = [fresh, ...played.table.rows];
  const head = { kind: "rows", filter, order_by, columns, view: "active", offset: 0 };
  model.push({ ...head, total: 21, unfiltered: 21, rows: all });
  await settled(5);
  assert.equal(rows(el).find((row) => row.dataset.index === "0")?.dataset.run, "new");
  assert.equal(
    rows(el)
      .find((row) => row.dataset.index === "1")
      ?.getAttribute("aria-selected"),
    "true",
  );
  assert.ok(el.textContent?.includes("21 runs"));
  close();
});

test("what goes to the trash comes back by undo", async () => {
  const { el, close } = shown(tableOf(5));
  press(el, "ArrowDown", " ", "Delete");
  await settled(20);
  assert.ok(el.textContent?.includes("4 runs"));
  byText(el, "button", "Undo").click();
  await settled(20);
  assert.ok(el.textContent?.includes("5 runs"));
  close();
});

test("a view says when it begins and when it ends", () => {
  const { model, close } = shown(tableOf(1));
  close();
  assert.deepEqual(asked(model, "watch"), [{ on: true }, { on: false }]);
});
