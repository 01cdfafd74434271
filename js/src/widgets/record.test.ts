import assert from "node:assert/strict";
import { test } from "node:test";
import { many, plain, recorded, rich, running } from "../../harness/cards";
import type { Card, CardModelState } from "../bridge/card";
import { type Answer, FakeModel, Refusal } from "../bridge/fake";
import { byText, find, root, settled } from "../testing/dom";
import card from "./card";

function shown(payload: Card, answer: Answer = () => []) {
  const model = new FakeModel<CardModelState>({ card: payload, folded: false }, answer);
  const el = root();
  return { model, el, close: card.render({ model, el }) };
}

const text = (el: HTMLElement, selector: string) => find(el, selector).textContent ?? "";
const keepers = (el: HTMLElement) => [...el.querySelectorAll<HTMLElement>(".tb-written button")];

test("what is recorded after the cell comes when the card is completed, and nothing of it before", () => {
  const { el, model, close } = shown(running);
  for (const name of ["inputs", "rerun", "written", "snapshot", "secrets"])
    assert.equal(el.querySelector(`.tb-section-${name}`), null, name);
  model.push({ kind: "card", card: recorded });
  for (const name of ["inputs", "rerun", "written", "snapshot", "secrets"]) find(el, `.tb-section-${name}`);
  close();
});

test("inputs have size or shape, digest, and how they were seen", () => {
  const { el, close } = shown(recorded);
  const rows = [...el.querySelectorAll<HTMLElement>(".tb-inputs .tb-file")].map((row) =>
    [...row.children].map((part) => part.textContent),
  );
  assert.deepEqual(rows[0], ["data/train.csv", "119 kB", "3f9a1c0e", "opened"]);
  assert.deepEqual(rows[2], ["X_train", "426 × 30", "s:77ab01c0", "passed to fit"]);
  assert.equal(rows[1]?.[3], "opened by an earlier cell [3], tracked by DVC");
  const digest = find(el, ".tb-file-digest");
  assert.equal(digest.title, `digest ${recorded.record?.inputs[0]?.digest}`);
  close();
});

test("of many inputs the first are shown, and how many more there are", () => {
  const { el, close } = shown(many);
  const count = () => el.querySelectorAll(".tb-inputs .tb-file").length;
  assert.equal(count(), 6);
  byText(el, "button", "Show all 40 inputs").click();
  assert.equal(count(), 40);
  assert.ok(text(el, ".tb-section-inputs").includes("and 12 more"));
  close();
});

test("the verdict is said in words, with its reasons and the minimal program", () => {
  const { el, close } = shown(recorded);
  const said = text(el, ".tb-section-rerun");
  for (const part of [
    "would not run the same code",
    "cell [3] was edited after it ran",
    "a cell stands above and was not run",
    "5 cells",
    "traced",
    "trackbook/program.py",
  ])
    assert.ok(said.includes(part), part);
  close();
});

test("a run with little to say has no empty sections", () => {
  const { el, close } = shown(plain);
  for (const name of ["inputs", "written", "secrets"]) assert.equal(el.querySelector(`.tb-section-${name}`), null);
  assert.ok(text(el, ".tb-section-rerun").includes("would run the same code"));
  assert.equal(el.querySelector(".tb-packages"), null);
  close();
});

test("secrets and changed packages are folded, and stay open when the card is renewed", () => {
  const { el, model, close } = shown(recorded);
  const fold = () => find<HTMLDetailsElement>(el, ".tb-section-secrets");
  assert.equal(fold().open, false);
  assert.ok((fold().textContent ?? "").includes("in 2 places"));
  fold().open = true;
  fold().dispatchEvent(new Event("toggle"));
  const record = recorded.record as NonNullable<Card["record"]>;
  model.push({ kind: "card", card: { ...recorded, record: { ...record, secrets: record.secrets.slice(1) } } });
  assert.equal(fold().open, true);
  assert.ok(text(el, ".tb-packages").includes("3 packages changed since v1"));
  close();
});

test("only the cell's own secrets are a warning, those elsewhere one quiet line", () => {
  const { el, model, close } = shown(recorded);
  const rows = [...el.querySelectorAll(".tb-section-secrets .tb-file-name")].map((row) => row.textContent);
  assert.deepEqual(rows, ["password", "token in a URL"]);
  assert.equal(text(el, ".tb-secrets-elsewhere"), "Secrets were also replaced in notebook.ipynb");
  const record = recorded.record as NonNullable<Card["record"]>;
  const secrets = record.secrets.filter((one) => one.quiet);
  model.push({ kind: "card", card: { ...recorded, record: { ...record, secrets } } });
  assert.equal(el.querySelector(".tb-section-secrets"), null);
  assert.equal(el.querySelector(".tb-secrets .tb-icon"), null);
  assert.equal(text(el, ".tb-secrets-elsewhere"), "Secrets were replaced in notebook.ipynb");
  const [first] = secrets as [(typeof secrets)[number]];
  const places = [`tag \u202e${"a\n".repeat(400)}`, "param b"];
  const hostile = places.map((place) => ({ ...first, place }));
  model.push({ kind: "card", card: { ...recorded, record: { ...record, secrets: hostile } } });
  const named = [...find(el, ".tb-secrets-elsewhere").querySelectorAll("bdi")].map((one) => one.textContent ?? "");
  assert.deepEqual([named.length, named[0]?.length, named[1]], [2, 36, "param b"]);
  assert.ok(!named[0]?.includes("\n"));
  assert.ok(text(el, ".tb-secrets-elsewhere").endsWith(", param b"));
  close();
});

test("a file that was written is kept by a button, which the keyboard's place follows", async () => {
  const { el, model, close } = shown(recorded, (method, { path }) => {
    if (method !== "keep") return [];
    const file = { path: String(path), size: 1, kept: `files/${path}` };
    const record = recorded.record as NonNullable<Card["record"]>;
    // as from Python: the card comes before the answer
    model.push({
      kind: "card",
      card: { ...recorded, record: { ...record, written: [file, ...record.written.slice(1)] } },
    });
    return file;
  });
  const button = byText(el, ".tb-written button", "Keep as artifact");
  assert.equal(button.getAttribute("aria-label"), "Keep as artifact: out/predictions.csv");
  button.focus();
  button.click();
  assert.equal(keepers(el)[0]?.getAttribute("aria-disabled"), "true");
  keepers(el)[0]?.click(); // a second click while it is under way asks nothing
  await settled(5);
  const asked = model.sent.filter((message) => message.method === "keep");
  assert.deepEqual(
    asked.map((message) => message.params),
    [{ path: "out/predictions.csv" }],
  );
  assert.equal(keepers(el).length, 1);
  assert.equal(document.activeElement?.textContent, "Kept as files/out/predictions.csv");
  close();
});

test("what cannot be kept is said in its line, and can be tried again", async () => {
  let gone = true;
  const { el, close } = shown(recorded, (method, { path }) => {
    if (method !== "keep") return [];
    if (gone) throw new Refusal({ type: "NotFound", message: "it is gone" });
    return { path, size: 1, kept: `files/${path}` };
  });
  keepers(el)[1]?.click();
  await settled(5);
  assert.equal(text(el, ".tb-file-problem[role=alert]"), "it is gone");
  gone = false;
  keepers(el)[1]?.click();
  await settled(5);
  assert.equal(el.querySelector(".tb-file-problem"), null);
  assert.equal(keepers(el).length, 1);
  close();
});

test("without a kernel nothing can be kept", () => {
  const { el, model, close } = shown(recorded);
  model.emit("comm_live_update");
  assert.equal(keepers(el).length, 0);
  assert.ok(text(el, ".tb-section-written").includes("out/predictions.csv"));
  close();
});

test("a notebook that was the same at the start and at the end is one line", () => {
  const record = recorded.record as NonNullable<Card["record"]>;
  const rows = (el: HTMLElement) => [...el.querySelectorAll(".tb-section-snapshot .tb-trail")];
  const two = shown(recorded);
  assert.equal(rows(two.el).length, 2);
  two.close();
  const snapshots = record.snapshots.map((one) => ({ ...one, path: "trackbook/notebook.ipynb" }));
  const { el, close } = shown({ ...recorded, record: { ...record, snapshots } });
  assert.equal(rows(el).length, 1);
  assert.match(rows(el)[0]?.textContent ?? "", /at the start and the end.*the same/);
  assert.match(text(el, ".tb-section-snapshot .tb-num"), /:\d\d – .*:\d\d$/); // when each was taken
  close();
});

test("cards that an older version saved have no record", () => {
  const { record: _, ...older } = recorded;
  const { el, close } = shown(older as Card);
  assert.equal(el.querySelector(".tb-section-inputs"), null);
  assert.ok(text(el, ".tb-section-metrics").includes(rich.metrics[0]?.key as string));
  close();
});

test("a run that was gone on with names its executions and where the record of each lies", () => {
  const record = recorded.record as NonNullable<Card["record"]>;
  const executions = [
    { number: 1, status: "FAILED", start_ms: 1, source: "a.ipynb", folder: "trackbook" },
    { number: 2, status: "FINISHED", start_ms: 2, source: "<b>.py", folder: "trackbook/resumed-2-1a2b" },
  ];
  const { el, close } = shown({ ...recorded, record: { ...record, executions } });
  const said = text(el, ".tb-section-executions");
  for (const part of ["Failed", "a.ipynb", "trackbook/", "<b>.py", "trackbook/resumed-2-1a2b/"])
    assert.ok(said.includes(part), part);
  close();
  const once = shown(recorded);
  assert.equal(once.el.querySelector(".tb-section-executions"), null);
  once.close();
});
