import assert from "node:assert/strict";
import { test } from "node:test";
import { failed, hostile, metric, recorded, resumed, rich, running } from "../../harness/cards";
import type { Card, CardModelState } from "../bridge/card";
import { type Answer, FakeModel, Refusal } from "../bridge/fake";
import { KERNEL_GONE_EVENT } from "../bridge/standby";
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
  assert.deepEqual(titles, [
    "Warning",
    "Error",
    "Note and tags",
    "Params 1 changed",
    "How these were found",
    "Environment",
  ]);
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

test("the machine's metrics are folded, apart from results, and their curves are asked for when they are opened", async () => {
  const { el, model, close } = shown(rich);
  const system = find<HTMLDetailsElement>(el, ".tb-section-system");
  assert.equal(system.open, false);
  assert.ok((find(system, "summary").textContent ?? "").includes("cpu % 93.40"));
  assert.ok(!(find(el, ".tb-section-metrics").textContent ?? "").includes("cpu"));
  const asked = () => model.sent.filter(({ params }) => JSON.stringify(params).includes("system/"));
  assert.equal(asked().length, 0);
  system.open = true;
  system.dispatchEvent(new Event("toggle"));
  await settled();
  assert.equal(asked().length, 1);
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

const press = (el: Element, key: string) => el.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const opener = (el: HTMLElement, label: string) => find(el, `.tb-editable-text[data-after="edit-${label}"]`);
const write = (el: HTMLElement, text: string) => {
  const field = find<HTMLInputElement>(el, ".tb-edit-field");
  field.value = text;
  find(el, ".tb-edit").dispatchEvent(new Event("submit", { cancelable: true }));
};

test("a name is edited in place: Enter saves, Escape leaves all as it was", async () => {
  const edits: unknown[] = [];
  const { el, close } = shown(rich, (method, params) => {
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
  const { el, close } = shown(recorded, (method, params) => {
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

test("what is being written outlives the news of a running card", async () => {
  const { el, model, close } = shown(running);
  opener(el, "Name").click();
  await settled();
  find<HTMLInputElement>(el, ".tb-edit-field").value = "half wri";
  model.push({ kind: "card", card: { ...running, run: { ...running.run, status: "FINISHED", end_ms: 5 } } });
  assert.equal(find<HTMLInputElement>(el, ".tb-edit-field").value, "half wri");
  press(find(el, ".tb-edit-field"), "Escape");
  assert.ok((el.textContent ?? "").includes("Finished"));
  close();
});

test("progress is told of what is known, and in a folded card too", async () => {
  const { el, model, close } = shown(running);
  const progress = { seen: null, first: 0, total: 50, unit: "epoch", source: "for epoch in range(50)" };
  model.push({ ...delta(1, Array(12).fill(1)), metrics: [metric("loss", 1, { step: 11, count: 12 })], progress });
  const bar = find(el, "[role=progressbar]");
  assert.deepEqual([bar.getAttribute("aria-valuenow"), bar.getAttribute("aria-valuemax")], ["12", "50"]);
  assert.equal(find(el, ".tb-progress-words").textContent, "epoch 12 of 50");
  find(el, ".tb-fold").click();
  assert.equal(find(el, ".tb-headline-progress").textContent, "epoch 12 of 50");
  find(el, ".tb-fold").click();
  close();
});

test("a change is good or bad of the goal alone", () => {
  const { el, close } = shown(recorded);
  const verdicts = [...el.querySelectorAll(".tb-section-metrics .tb-metric")].map((row) =>
    [...row.querySelectorAll(".tb-delta")].map((one) => one.getAttribute("data-verdict")),
  );
  assert.deepEqual(verdicts.slice(0, 2), [
    ["better", "better"],
    ["", ""],
  ]);
  close();
});

test("the name of a parent or a child leads to its card, where that is on the page", () => {
  const el = root();
  const [one, other] = [document.createElement("div"), document.createElement("div")];
  el.append(one, other);
  const show = (place: HTMLElement, run: Card) =>
    card.render({ model: new FakeModel<CardModelState>({ card: run, folded: false }, () => []), el: place });
  show(one, resumed);
  const link = find(one, ".tb-section-parent .tb-link");
  link.click();
  assert.match(find(one, ".tb-section-parent").textContent ?? "", /not on this page/);
  const parent = resumed.about?.parent;
  assert.ok(parent);
  show(other, { ...resumed, run: { ...resumed.run, run_id: parent.run_id } });
  link.click();
  assert.equal(document.activeElement, find(other, ".tb-card"));
  assert.doesNotMatch(find(one, ".tb-section-parent").textContent ?? "", /not on this page/);
});

test("a notebook among the artifacts is shown as its cells", async () => {
  const rows = [
    ["markdown", "", "# <b>One</b>"],
    ["code", "7", "C = 1"],
  ];
  const { el } = shown(recorded, (method) =>
    method === "preview" ? { kind: "notebook", text: "", rows, uri: null, said: "" } : [],
  );
  find(el, ".tb-artifact .tb-link").click();
  await settled(5);
  const cells = [...el.querySelectorAll(".tb-preview-cell")].map((cell) => cell.textContent);
  assert.deepEqual(cells, ["# <b>One</b>", "[7]C = 1"]);
});

test("parent, children and executions are listed with how they went", () => {
  const { el, close } = shown(resumed);
  assert.ok((find(el, ".tb-section-parent").textContent ?? "").includes("grid-search-4"));
  const children = find(el, ".tb-section-children").textContent ?? "";
  for (const part of ["fold 3", "Failed", "val/loss", "0.09", "and 20 more"]) assert.ok(children.includes(part), part);
  assert.equal(find(el, ".tb-section-executions").querySelectorAll(".tb-status").length, 2);
  assert.ok((find(el, ".tb-card-header").textContent ?? "").includes("baseline"));
  close();
});

test("an artifact is looked at as text, a picture only by an address that cannot run", async () => {
  const { el, close } = shown(recorded, (method, params) => {
    if (method !== "preview") return [];
    const uri = params.path === "confusion.png" ? "javascript:alert(1)" : null;
    return { kind: uri ? "image" : "text", text: "<script>alert(1)</script>", rows: [], uri, said: "" };
  });
  byText(el, ".tb-artifact .tb-link", "model/MLmodel").click();
  await settled();
  assert.equal(find(el, ".tb-preview pre").textContent, "<script>alert(1)</script>");
  byText(el, ".tb-artifact .tb-link", "confusion.png").click();
  await settled();
  assert.equal([...el.querySelectorAll("img")].filter((image) => !image.hidden).length, 0);
  assert.equal(el.querySelector("script"), null);
  close();
});

test("a run is stopped, and where the kernel refuses it says why", async () => {
  const { el, close } = shown(running, (method) => {
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
  const { el, close } = shown(recorded, (method, params) => {
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

test("a failure says which line of the cell it came from", () => {
  const { el, close } = shown(failed);
  assert.equal(find(el, ".tb-error-place").textContent, "in line 5model.fit(X_train, y_train)");
  assert.equal(
    find(el, '.tb-trace-line[data-kind="here"][data-cell="true"]').textContent?.includes("5 model.fit"),
    true,
  );
  close();
});

test("folded or not is remembered for the cell line, across its runs", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  Object.assign(globalThis, { localStorage: storage });
  const first = shown(rich);
  find(first.el, ".tb-fold").click();
  first.close();
  const next = shown({ ...rich, run: { ...rich.run, run_id: "another" } });
  assert.equal(find(next.el, ".tb-fold").getAttribute("aria-expanded"), "false");
  find(next.el, ".tb-fold").click();
  assert.equal(kept.size, 0);
  next.close();
  Object.assign(globalThis, { localStorage: undefined });
});

test("a picture that is none says so in its place", async () => {
  const { el, close } = shown({ ...rich, artifacts: [{ path: "fake.png", size: 13 }] }, (method) =>
    method === "preview" ? { kind: "none", text: "", rows: [], uri: null, said: "no picture by its first bytes" } : [],
  );
  await settled(20);
  assert.equal(find(el, ".tb-figure").textContent, "no picturefake.png");
  close();
});

test("a card whose kernel was shut down says so, and offers nothing that needs it", () => {
  const { el, close } = shown(rich);
  el.dispatchEvent(new Event(KERNEL_GONE_EVENT));
  assert.match(find(el, ".tb-notice").textContent ?? "", /kernel is gone/);
  assert.equal(el.querySelector(".tb-tag-add"), null);
  close();
});
