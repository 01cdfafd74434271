import assert from "node:assert/strict";
import { test } from "node:test";
import type { LabDiff, LabVersion } from "../../bridge/lab";
import type { DiffLine } from "../../bridge/payloads";
import { byText, find, root, settled } from "../../testing/dom";
import { labRun } from "../../testing/labrun";
import { VersionsView } from "./versions";

const SOURCES: Record<string, string> = { one: "C = 1", two: "C = 2", secret: "key = '[secret: token]'" };

const version = (id: string, number: number): LabVersion => ({
  ...labRun(id, { cell_id: "c" }),
  version: number,
  execution_count: 1,
});

async function opened(
  versions = [version("two", 2), version("one", 1)],
  ask = async () => ({ line: "l", label: "fit", total: versions.length, versions }),
) {
  const cell = { text: "C = 2", history: [] as string[], closed: 0 };
  const view = new VersionsView({
    versions: () => ask(),
    diff: async (id): Promise<LabDiff> => {
      const source = SOURCES[id] ?? "";
      const same = source === cell.text;
      const lines: DiffLine[] = [
        { op: "-", text: cell.text },
        { op: "+", text: source },
      ];
      return { source, same, lines: same ? [] : lines };
    },
    putBack: (source) => {
      cell.history.push(cell.text);
      cell.text = source;
      return true;
    },
    undo: () => {
      cell.text = cell.history.pop() ?? "";
    },
    close: () => {
      cell.closed += 1;
    },
  });
  const el = root();
  el.append(view.element);
  await settled();
  return { el, view, cell };
}

test("the version before is chosen, put back, and taken back", async () => {
  const { el, cell } = await opened();
  assert.match(find(el, '[aria-selected="true"]').textContent ?? "", /v1/);
  byText(el, "button", "Put v1 back").click();
  assert.equal(cell.text, "C = 1");
  await settled();
  assert.ok((byText(el, "button", "Put v1 back") as HTMLButtonElement).disabled);
  byText(el, "button", "Undo").click();
  assert.equal(cell.text, "C = 2");
});

test("keys choose a version and close", async () => {
  const { el, cell } = await opened();
  const press = (key: string) =>
    find(el, "[role=listbox]").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  press("Home");
  await settled();
  assert.match(find(el, '[aria-selected="true"]').textContent ?? "", /v2/);
  assert.match(find(el, ".tb-diff").textContent ?? "", /text is that of this version/);
  const put = byText(el, "button", "Put v2 back") as HTMLButtonElement;
  assert.deepEqual([put.disabled, put.title], [true, "v2 stands in the cell already"]);
  press("Escape");
  assert.equal(cell.closed, 1);
});

test("a source in which a secret was replaced says so", async () => {
  const { el } = await opened([version("secret", 1)]);
  assert.match(find(el, ".tb-versions-said").textContent ?? "", /secret that was replaced/);
});

test("that there are no versions, or that they cannot be read, is told instead of the list", async () => {
  const refused = async () => {
    throw new Error("The server is away");
  };
  for (const [{ el }, said] of [
    [await opened([]), "No versions"],
    [await opened([], refused), "The server is away"],
  ] as const) {
    const list = find(el, "[role=listbox]");
    assert.equal(find(el, ".tb-versions-note").textContent, said);
    assert.equal(list.hidden, true);
    assert.equal(list.getAttribute("aria-busy"), null);
    assert.ok((byText(el, "button", "Put back") as HTMLButtonElement).disabled);
  }
});

test("versions that come after a refusal are there to choose from", async () => {
  let away = true;
  const versions = [version("two", 2), version("one", 1)];
  const { el, view } = await opened(versions, async () => {
    if (away) throw new Error("The server is away");
    return { line: "l", label: "fit", total: 2, versions };
  });
  away = false;
  await view.refresh();
  assert.equal(find(el, ".tb-versions-note").hidden, true);
  assert.equal(find(el, "[role=listbox]").hidden, false);
  assert.equal(el.querySelectorAll("[role=option]").length, 2);
});
