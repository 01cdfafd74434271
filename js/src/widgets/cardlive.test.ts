import assert from "node:assert/strict";
import { test } from "node:test";
import { metric, rich, running } from "../../harness/cards";
import type { CardModelState } from "../bridge/card";
import { FakeModel } from "../bridge/fake";
import { KERNEL_GONE_EVENT } from "../bridge/standby";
import { shownCard } from "../testing/card";
import { find, root, settled } from "../testing/dom";
import card from "./card";

const delta = (seq: number, values: number[]) => ({
  kind: "delta",
  seq,
  status: "RUNNING",
  end_ms: null,
  metrics: [metric("loss", values.at(-1) as number, { count: values.length + 1 })],
  curves: [{ key: "loss", steps: values.map((_, i) => i), times: values.map((_, i) => 1000 + i), values }],
});

test("folding leaves one line and is told to Python", () => {
  const { el, model, close } = shownCard(rich);
  find(el, ".tb-fold").click();
  assert.equal(find(el, ".tb-card-body").hidden, true);
  assert.deepEqual(model.saved, [{ folded: true }]);
  assert.equal(find(el, ".tb-fold").getAttribute("aria-expanded"), "false");
  model.set("folded", false);
  assert.equal(find(el, ".tb-card-body").hidden, false);
  close();
});

test("deltas change values in place, rows stay the same elements", () => {
  const { el, model, close } = shownCard(running);
  model.push(delta(1, [0.5]));
  const row = find(el, ".tb-metric");
  model.push(delta(2, [0.25]));
  assert.equal(find(el, ".tb-metric"), row);
  assert.equal(find(row, ".tb-metric-value").textContent, "0.2500");
  close();
});

test("a missed delta makes the card ask for itself", async () => {
  const { model, close } = shownCard(running, (method) => (method === "card" ? running : []));
  model.push(delta(1, [1]));
  assert.ok(!model.sent.some((message) => message.method === "card"));
  model.push(delta(3, [3]));
  await settled();
  assert.ok(model.sent.some((message) => message.method === "card"));
  close();
});

test("the whole card takes the place of the live one", () => {
  const { el, model, close } = shownCard(running);
  model.push({
    kind: "card",
    card: { ...running, run: { ...running.run, status: "FINISHED", end_ms: running.run.start_ms + 2000 } },
  });
  assert.ok(find(el, ".tb-card-header").textContent?.includes("Finished"));
  assert.equal(find(el, ".tb-duration").textContent, "2.0 s");
  close();
});

test("a lost kernel is said, and nothing can be registered any more", () => {
  const { el, model, close } = shownCard(rich);
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

test("progress is told of what is known, and in a folded card too", async () => {
  const { el, model, close } = shownCard(running);
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

test("folded or not is remembered for the cell line, across its runs", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  Object.assign(globalThis, { localStorage: storage });
  const first = shownCard(rich);
  find(first.el, ".tb-fold").click();
  first.close();
  const next = shownCard({ ...rich, run: { ...rich.run, run_id: "another" } });
  assert.equal(find(next.el, ".tb-fold").getAttribute("aria-expanded"), "false");
  find(next.el, ".tb-fold").click();
  assert.equal(kept.size, 0);
  next.close();
  Object.assign(globalThis, { localStorage: undefined });
});

test("a card whose kernel was shut down says so, and offers nothing that needs it", () => {
  const { el, close } = shownCard(rich);
  el.dispatchEvent(new Event(KERNEL_GONE_EVENT));
  assert.match(find(el, ".tb-notice").textContent ?? "", /kernel is gone/);
  assert.equal(el.querySelector(".tb-tag-add"), null);
  close();
});
