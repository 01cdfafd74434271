import assert from "node:assert/strict";
import { test } from "node:test";
import { failed, hostile, metric, rich, running } from "../../harness/cards";
import { type Answer, FakeModel, Refusal } from "../bridge/fake";
import type { Card, CardModelState } from "../bridge/payloads";
import { byText, find, root, settled } from "../testing/dom";
import card from "./card";

function shown(payload: Card, answer: Answer = () => []) {
  const model = new FakeModel<CardModelState>({ card: payload, folded: false }, answer);
  const el = root();
  return { model, el, close: card.render({ model, el }) };
}

const delta = (seq: number, values: number[]) => ({
  kind: "delta",
  seq,
  status: "RUNNING",
  end_ms: null,
  metrics: [metric("loss", values.at(-1) as number, { count: values.length + 1 })],
  curves: [{ key: "loss", steps: values.map((_, i) => i), times: values.map((_, i) => 1000 + i), values }],
});

test("the card tells what ran and how it went", () => {
  const { el, close } = shown(rich);
  const text = el.textContent ?? "";
  for (const part of [
    "Finished",
    "gentle-heron-17",
    "breast-cancer",
    "svm",
    "v2",
    "accuracy",
    "0.9720",
    "+0.0140",
    "'rbf'",
    "was",
    "+2 −2",
  ])
    assert.ok(text.includes(part), part);
  close();
});

test("sections without content are absent", () => {
  const { el, close } = shown(failed);
  const titles = [...el.querySelectorAll(".tb-section-title")]
    .filter((e) => !e.closest("[hidden]"))
    .map((e) => e.textContent?.trim());
  assert.deepEqual(titles, ["Warning", "Error", "Params 1 changed", "How these were found", "Environment"]);
  assert.ok(!(el.textContent ?? "").includes("\u001b"));
  close();
});

test("params alone leave no empty half for metrics", () => {
  const { el, close } = shown(failed);
  const places = [...el.querySelectorAll<HTMLElement>(".tb-columns > .tb-slot")];
  assert.deepEqual(
    places.map((place) => place.hidden),
    [true, false],
  );
  close();
});

test("the machine's metrics are folded, and apart from results", () => {
  const { el, close } = shown(rich);
  const system = find<HTMLDetailsElement>(el, ".tb-section-system");
  assert.equal(system.open, false);
  assert.equal(find(system, ".tb-metric .tb-key").textContent, "cpu_utilization_percentage");
  assert.ok(!(find(el, ".tb-section-metrics").textContent ?? "").includes("cpu"));
  close();
});

test("where a param was found is a word, more on it in its title, and all of it in a fold", () => {
  const { el, close } = shown(rich);
  const label = find(el, ".tb-param .tb-origin");
  assert.deepEqual([label.textContent, label.title], ["assigned", "assigned in line 2"]);
  const fold = find<HTMLDetailsElement>(el, ".tb-section-found");
  assert.equal(fold.open, false);
  const text = fold.textContent ?? "";
  for (const part of ["read from the notebook, set in cell [4]", "computed in line 9", "api_key looks like a secret"])
    assert.ok(text.includes(part), part);
  close();
});

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

test("a choice in the fold says what a name is in the next runs", async () => {
  const { el, model, close } = shown(rich, (method, params) => {
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
  const { el, close } = shown(rich, (method) => {
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

test("the run's id is short, whole in the title, and copied by a click", async () => {
  const copied: string[] = [];
  const clipboard = { writeText: async (text: string) => void copied.push(text) };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });
  const { el, close } = shown(rich);
  const id = find(el, ".tb-run-id");
  assert.equal(id.textContent, rich.run.run_id.slice(0, 8));
  assert.ok(id.title.includes(rich.run.run_id));
  id.click();
  await settled();
  assert.deepEqual(copied, [rich.run.run_id]);
  close();
});

test("nothing a user typed becomes an element", () => {
  const { el, close } = shown(hostile);
  assert.equal(el.querySelectorAll("script, img, a, iframe").length, 0);
  assert.ok((el.textContent ?? "").includes("<script>alert(1)</script>"));
  close();
});

test("folding leaves one line and is told to Python", () => {
  const { el, model, close } = shown(rich);
  find(el, ".tb-fold").click();
  assert.equal(find(el, ".tb-card-body").hidden, true);
  assert.deepEqual(model.saved, [{ folded: true }]);
  assert.equal(find(el, ".tb-fold").getAttribute("aria-expanded"), "false");
  model.set("folded", false);
  assert.equal(find(el, ".tb-card-body").hidden, false);
  close();
});

test("deltas change values in place, rows stay the same elements", () => {
  const { el, model, close } = shown(running);
  model.push(delta(1, [0.5]));
  const row = find(el, ".tb-metric");
  model.push(delta(2, [0.25]));
  assert.equal(find(el, ".tb-metric"), row);
  assert.equal(find(row, ".tb-metric-value").textContent, "0.2500");
  close();
});

test("a missed delta makes the card ask for itself", async () => {
  const { model, close } = shown(running, (method) => (method === "card" ? running : []));
  model.push(delta(1, [1]));
  assert.ok(!model.sent.some((message) => message.method === "card"));
  model.push(delta(3, [3]));
  await settled();
  assert.ok(model.sent.some((message) => message.method === "card"));
  close();
});

test("the whole card takes the place of the live one", () => {
  const { el, model, close } = shown(running);
  model.push({
    kind: "card",
    card: { ...running, run: { ...running.run, status: "FINISHED", end_ms: running.run.start_ms + 2000 } },
  });
  assert.ok(find(el, ".tb-card-header").textContent?.includes("Finished"));
  assert.equal(find(el, ".tb-duration").textContent, "2.0 s");
  close();
});

test("registering a model shows its pill, a refusal its reason", async () => {
  let taken = true;
  const { el, model, close } = shown(rich, (method, params) => {
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

test("a lost kernel is said, and nothing can be registered any more", () => {
  const { el, model, close } = shown(rich);
  model.emit("comm_live_update");
  assert.ok(find(el, ".tb-notice").textContent?.includes("The kernel is gone"));
  assert.ok(![...el.querySelectorAll("button")].some((button) => button.textContent === "Register…"));
  close();
});

test("two views of one model live apart, and closing takes every listener away", () => {
  const model = new FakeModel<CardModelState>({ card: rich, folded: false }, () => []);
  const [one, two] = [root(), document.createElement("div")];
  const closeOne = card.render({ model, el: one });
  const before = model.listenerCount();
  const closeTwo = card.render({ model, el: two });
  closeTwo();
  assert.equal(model.listenerCount(), before);
  assert.ok(one.textContent?.includes("gentle-heron-17"));
  closeOne();
  assert.equal(model.listenerCount(), 0);
  assert.equal(one.childElementCount, 0);
});
