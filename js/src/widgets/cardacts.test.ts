import assert from "node:assert/strict";
import { test } from "node:test";
import { recorded, rich, running } from "../../harness/cards";
import { Refusal } from "../bridge/fake";
import { shownCard } from "../testing/card";
import { byText, find, settled } from "../testing/dom";

const openFold = async (el: HTMLElement) => {
  const fold = find<HTMLDetailsElement>(el, ".tb-section-found");
  fold.open = true;
  fold.dispatchEvent(new Event("toggle"));
  await settled();
};
const wordOn = (el: HTMLElement, key: string) =>
  [...el.querySelectorAll<HTMLSelectElement>(".tb-found select")].find((one) =>
    one.getAttribute("aria-label")?.includes(` ${key} `),
  ) as HTMLSelectElement;

const press = (el: Element, key: string) => el.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const opener = (el: HTMLElement, label: string) => find(el, `.tb-editable-text[data-after="edit-${label}"]`);
const write = (el: HTMLElement, text: string) => {
  const field = find<HTMLInputElement>(el, ".tb-edit-field");
  field.value = text;
  find(el, ".tb-edit").dispatchEvent(new Event("submit", { cancelable: true }));
};

test("a choice in the fold says what a name is in the next runs", async () => {
  const { el, model, close } = shownCard(rich, (method, params) => {
    if (method === "words") return { accuracy: "ignore" };
    return method === "say" ? { [params.key as string]: params.word } : [];
  });
  assert.equal(el.querySelectorAll("select").length, 0);
  await openFold(el);
  assert.equal(wordOn(el, "accuracy").value, "ignore");
  assert.equal(wordOn(el, "lr"), undefined); // was logged: nothing was guessed
  const select = wordOn(el, "test_size");
  select.value = "metric";
  select.dispatchEvent(new Event("change"));
  await settled();
  assert.deepEqual(model.sent.at(-1)?.params, { key: "test_size", word: "metric" });
  assert.equal(wordOn(el, "test_size").value, "metric");
  assert.equal(find<HTMLDetailsElement>(el, ".tb-section-found").open, true);
  close();
});

test("a word that could not be kept is said, and the choice goes back", async () => {
  const { el, close } = shownCard(rich, (method) => {
    if (method === "words") return {};
    if (method === "say") throw new Refusal({ type: "StoreBusy", message: "try again" });
    return [];
  });
  await openFold(el);
  const select = wordOn(el, "C");
  select.value = "ignore";
  select.dispatchEvent(new Event("change"));
  await settled();
  assert.equal(select.value, "");
  assert.ok((find(el, ".tb-found-status").textContent ?? "").includes("try again"));
  close();
});

test("registering a model shows its pill, a refusal its reason", async () => {
  let taken = true;
  const { el, model, close } = shownCard(rich, (method, params) => {
    if (method !== "register") return [];
    if (taken) throw new Refusal({ type: "InvalidName", message: "model name 'x' cannot be used" });
    return { name: params.name, version: "2", aliases: [params.alias] };
  });
  byText(el, "button", "Register…").click();
  const [name, alias] = [...el.querySelectorAll<HTMLInputElement>(".tb-form input")] as [
    HTMLInputElement,
    HTMLInputElement,
  ];
  assert.equal(name.value, "breast-cancer");
  alias.value = "@best";
  const submit = () => find(el, "form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  submit();
  await settled(5);
  assert.ok(find(el, ".tb-form-problem").textContent?.includes("cannot be used"));
  taken = false;
  submit();
  await settled(5);
  assert.ok(byText(el, ".tb-pill", "v2").textContent?.includes("@best"));
  assert.deepEqual(model.sent.at(-1)?.params, { path: "model", name: "breast-cancer", alias: "best" });
  close();
});

test("a name is edited in place: Enter saves, Escape leaves all as it was", async () => {
  const edits: unknown[] = [];
  const { el, close } = shownCard(rich, (method, params) => {
    if (method !== "edit") return [];
    edits.push(params);
    return { saved: true, value: params.value };
  });
  opener(el, "Name").click();
  await settled();
  press(find(el, ".tb-edit-field"), "Escape");
  assert.equal(el.querySelector(".tb-edit"), null);
  opener(el, "Name").click();
  write(el, "wide kernel");
  await settled();
  assert.deepEqual(edits, [{ what: "name", value: "wide kernel", before: "gentle-heron-17" }]);
  assert.equal(el.querySelector(".tb-edit"), null);
  close();
});

test("an edit that met another is told of it, keeps what was written, and may replace it", async () => {
  const befores: unknown[] = [];
  const { el, close } = shownCard(recorded, (method, params) => {
    if (method !== "edit") return [];
    befores.push(params.before);
    return befores.length === 1 ? { saved: false, value: "theirs" } : { saved: true, value: params.value };
  });
  opener(el, "Note").click();
  write(el, "mine");
  await settled();
  assert.ok((find(el, ".tb-form-problem").textContent ?? "").includes("Changed meanwhile, to theirs"));
  assert.equal(find<HTMLTextAreaElement>(el, ".tb-edit-field").value, "mine");
  write(el, "mine");
  await settled();
  assert.deepEqual(befores, [recorded.about?.note, "theirs"]);
  assert.equal(el.querySelector(".tb-edit"), null);
  close();
});

test("a run is stopped, and where the kernel refuses it says why", async () => {
  const { el, close } = shownCard(running, (method) => {
    if (method === "stop") throw new Refusal({ type: "InvalidState", message: "it has ended" });
    return [];
  });
  find(el, ".tb-stop").click();
  await settled();
  assert.ok((find(el, ".tb-notices").textContent ?? "").includes("it has ended"));
  close();
});

test("the menu marks the baseline, with the way back", async () => {
  const asked: unknown[] = [];
  const { el, close } = shownCard(recorded, (method, params) => {
    if (method === "baseline") asked.push(params.run_id);
    return method === "baseline" ? "before" : [];
  });
  find(el, ".tb-more").click();
  byText(el, ".tb-menu-item", "Make it the baseline").click();
  await settled();
  byText(el, ".tb-notice button", "Undo").click();
  await settled();
  assert.deepEqual(asked, [recorded.run.run_id, "before"]);
  close();
});

test("what is being written outlives the news of a running card", async () => {
  const { el, model, close } = shownCard(running);
  opener(el, "Name").click();
  await settled();
  find<HTMLInputElement>(el, ".tb-edit-field").value = "half wri";
  model.push({ kind: "card", card: { ...running, run: { ...running.run, status: "FINISHED", end_ms: 5 } } });
  assert.equal(find<HTMLInputElement>(el, ".tb-edit-field").value, "half wri");
  press(find(el, ".tb-edit-field"), "Escape");
  assert.ok((el.textContent ?? "").includes("Finished"));
  close();
});

test("where a param was found is a word, more on it in its title, and all of it in a fold", () => {
  const { el, close } = shownCard(rich);
  const label = find(el, ".tb-param .tb-origin");
  assert.deepEqual([label.textContent, label.title], ["assigned", "assigned in line 2"]);
  const fold = find<HTMLDetailsElement>(el, ".tb-section-found");
  assert.equal(fold.open, false);
  const text = fold.textContent ?? "";
  for (const part of ["read from the notebook, set in cell [4]", "computed in line 9", "api_key looks like a secret"])
    assert.ok(text.includes(part), part);
  close();
});
