import assert from "node:assert/strict";
import { test } from "node:test";
import type { CardMetric, CardProgress } from "../bridge/card";
import { leftText, Pace, rateText, seenOf, seenText } from "./progress";

const metric = (step: number, count: number): CardMetric => ({
  key: "loss",
  last: 1,
  step,
  count,
  min: 0,
  max: 1,
  delta: null,
  origin: "logged",
});
const loop: CardProgress = { seen: null, first: 0, total: 50, unit: "epoch", source: "for epoch in range(50)" };

test("steps are counted from the loop's first, and told of its total", () => {
  const seen = seenOf([metric(11, 12)], loop);
  assert.ok(seen);
  assert.equal(seenText(seen), "epoch 12 of 50");
  assert.equal(seenOf([metric(12, 12)], { ...loop, first: 1 })?.seen, 12);
});

test("more steps than the total says: it was none", () => {
  const seen = seenOf([metric(312, 313)], loop);
  assert.deepEqual([seen?.seen, seen?.total, seen && seenText(seen)], [312, null, "step 312"]);
});

test("without steps points are counted; a single value is no progress", () => {
  const seen = seenOf([metric(0, 7), metric(0, 2)], null);
  assert.equal(seen && seenText(seen), "7 points");
  assert.equal(seenOf([metric(0, 1)], loop), null);
  assert.equal(seenOf([], null), null);
});

test("a bar tells by itself", () => {
  assert.equal(seenOf([], { ...loop, seen: 3, total: null, unit: "fold", source: "tqdm" })?.seen, 3);
});

test("the rate is that of the last moments, and begins anew where the count does", () => {
  const pace = new Pace();
  pace.note(1, 0);
  assert.equal(pace.rate(), null);
  pace.note(5, 2000);
  assert.equal(pace.rate(), 2);
  pace.note(3, 2500);
  assert.equal(pace.rate(), 2);
  pace.note(0, 3000);
  assert.equal(pace.rate(), null);
  for (let i = 0; i < 100; i += 1) pace.note(10 + i, 4000 + i * 1000);
  assert.equal(pace.rate(), 1);
});

test("rates and what is left are said in words that fit", () => {
  assert.equal(rateText(2.345, "epoch"), "2.3 epochs/s");
  assert.equal(rateText(0.25, "epoch"), "4.0 s per epoch");
  assert.equal(rateText(812.6, "step"), "813 steps/s");
  assert.equal(rateText(null, "step"), "");
  assert.equal(leftText({ seen: 12, total: 50, unit: "epoch", source: "" }, 2), "19 s left");
  assert.equal(leftText({ seen: 12, total: null, unit: "epoch", source: "" }, 2), "");
});
