import assert from "node:assert/strict";
import { test } from "node:test";
import { tableOf, traitsOf } from "../../harness/tables";
import { FakeModel } from "../bridge/fake";
import type { TableRow, TableTraits } from "../bridge/table";
import { byText, find, root, settled } from "../testing/dom";
import table from "./table";

const HIDDEN = "tags.`mlflow.parentRunId` IS NULL";

/** A table of five runs; the second was started in the first. */
function shown(filter = "") {
  const played = tableOf(5);
  const traits = traitsOf(played);
  const [outer, inner, ...others] = traits.table.rows as [TableRow, TableRow, ...TableRow[]];
  const { run_id, name } = outer.run;
  const rows = [outer, { ...inner, parent: { run_id, name } }, ...others];
  const model = new FakeModel<TableTraits>(
    { ...traits, filter, table: { ...traits.table, filter, rows } },
    played.answer,
  );
  const el = root();
  const close = table.render({ model, el });
  const cell = (index: number) => find(el, `.tb-grid-body .tb-tr[data-index="${index}"] [data-column="1"]`);
  const filters = () =>
    model.sent.filter(({ method }) => method === "rows").map(({ params }) => (params as { filter: string }).filter);
  return { el, outer, cell, filters, close };
}

test("a run that was started in another one has a mark before its name", () => {
  const { outer, cell, close } = shown();
  assert.equal(find(cell(1), ".tb-child").getAttribute("aria-label"), `inside ${outer.run.name}`);
  assert.ok(!find(cell(1), ".tb-child").hidden);
  assert.ok(find(cell(0), ".tb-child").hidden);
  assert.equal(cell(0).textContent, outer.run.name);
  close();
});

test("child runs are hidden and shown by the filter, and those of one run looked for", async () => {
  const all = shown();
  find(all.el, '[aria-label="More"]').click();
  byText(all.el, '[role="menuitem"]', "Hide child runs").click();
  await settled(5);
  assert.equal(all.filters().at(-1), HIDDEN);
  all.close();

  const few = shown(`params.kernel = 'rbf' AND ${HIDDEN}`);
  find(few.el, '[aria-label="More"]').click();
  byText(few.el, '[role="menuitem"]', "Show child runs").click();
  await settled(5);
  assert.equal(few.filters().at(-1), "params.kernel = 'rbf'");
  few.close();

  const one = shown();
  one.cell(1).dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
  byText(one.el, '[role="menuitem"]', "Only runs inside").click();
  await settled(5);
  assert.equal(one.filters().at(-1), `tags.\`mlflow.parentRunId\` = '${one.outer.run.run_id}'`);
  one.close();
});
