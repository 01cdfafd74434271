import assert from "node:assert/strict";
import { test } from "node:test";
import { failed, hostile, recorded, resumed, rich } from "../../harness/cards";
import type { Card, CardModelState } from "../bridge/card";
import { FakeModel } from "../bridge/fake";
import { shownCard } from "../testing/card";
import { byText, find, root, settled } from "../testing/dom";
import card from "./card";

test("the card tells what ran and how it went", () => {
  const { el, close } = shownCard(rich);
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
  const { el, close } = shownCard(failed);
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
  const { el, close } = shownCard(failed);
  const places = [...el.querySelectorAll<HTMLElement>(".tb-columns > .tb-slot")];
  assert.deepEqual(
    places.map((place) => place.hidden),
    [true, false],
  );
  close();
});

test("the machine's metrics are folded, apart from results, and their curves are asked for when they are opened", async () => {
  const { el, model, close } = shownCard(rich);
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

test("the run's id is short, whole in the title, and copied by a click", async () => {
  const copied: string[] = [];
  const clipboard = { writeText: async (text: string) => void copied.push(text) };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });
  const { el, close } = shownCard(rich);
  const id = find(el, ".tb-run-id");
  assert.equal(id.textContent, rich.run.run_id.slice(0, 8));
  assert.ok(id.title.includes(rich.run.run_id));
  id.click();
  await settled();
  assert.deepEqual(copied, [rich.run.run_id]);
  close();
});

test("nothing a user typed becomes an element", () => {
  const { el, close } = shownCard(hostile);
  assert.equal(el.querySelectorAll("script, img, a, iframe").length, 0);
  assert.ok((el.textContent ?? "").includes("<script>alert(1)</script>"));
  close();
});

test("a change is good or bad of the goal alone", () => {
  const { el, close } = shownCard(recorded);
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
  const { el } = shownCard(recorded, (method) =>
    method === "preview" ? { kind: "notebook", text: "", rows, uri: null, said: "" } : [],
  );
  find(el, ".tb-artifact .tb-link").click();
  await settled(5);
  const cells = [...el.querySelectorAll(".tb-preview-cell")].map((cell) => cell.textContent);
  assert.deepEqual(cells, ["# <b>One</b>", "[7]C = 1"]);
});

test("parent, children and executions are listed with how they went", () => {
  const { el, close } = shownCard(resumed);
  assert.ok((find(el, ".tb-section-parent").textContent ?? "").includes("grid-search-4"));
  const children = find(el, ".tb-section-children").textContent ?? "";
  for (const part of ["fold 3", "Failed", "val/loss", "0.09", "and 20 more"]) assert.ok(children.includes(part), part);
  assert.equal(find(el, ".tb-section-executions").querySelectorAll(".tb-status").length, 2);
  assert.ok((find(el, ".tb-card-header").textContent ?? "").includes("baseline"));
  close();
});

test("an artifact is looked at as text, a picture only by an address that cannot run", async () => {
  const { el, close } = shownCard(recorded, (method, params) => {
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

test("a failure says which line of the cell it came from", () => {
  const { el, close } = shownCard(failed);
  assert.equal(find(el, ".tb-error-place").textContent, "in line 5model.fit(X_train, y_train)");
  assert.equal(
    find(el, '.tb-trace-line[data-kind="here"][data-cell="true"]').textContent?.includes("5 model.fit"),
    true,
  );
  close();
});

test("a picture that is none says so in its place", async () => {
  const { el, close } = shownCard({ ...rich, artifacts: [{ path: "fake.png", size: 13 }] }, (method) =>
    method === "preview" ? { kind: "none", text: "", rows: [], uri: null, said: "no picture by its first bytes" } : [],
  );
  await settled(20);
  assert.equal(find(el, ".tb-figure").textContent, "no picturefake.png");
  close();
});
