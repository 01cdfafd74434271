import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDelta, formatNumber, fullNumber, looksNumeric } from "./number";

test("a number keeps four significant digits", () => {
  assert.equal(formatNumber(0.9649122807), "0.9649");
  assert.equal(formatNumber(123.456), "123.5");
  assert.equal(formatNumber(12345.678), "12345.7");
  assert.equal(formatNumber(-0.5), "−0.5000");
  assert.equal(formatNumber(0.0001), "0.0001");
  assert.equal(formatNumber(0.0205049), "0.02050");
});

test("whole numbers are written in full, large and tiny ones with an exponent", () => {
  assert.equal(formatNumber(50), "50");
  assert.equal(formatNumber(1234567), "1234567");
  assert.equal(formatNumber(1e300), "1e300");
  assert.equal(formatNumber(0.00001234), "1.234e−5");
  assert.equal(formatNumber(0), "0");
});

test("what JSON cannot say is read from text", () => {
  assert.equal(formatNumber("NaN"), "NaN");
  assert.equal(formatNumber("Infinity"), "∞");
  assert.equal(formatNumber("-Infinity"), "−∞");
});

test("the full number hides nothing", () => {
  assert.equal(fullNumber(0.1 + 0.2), "0.30000000000000004");
});

test("a delta has a sign and a direction", () => {
  assert.deepEqual(formatDelta(0.0122807), { direction: "up", text: "+0.0123" });
  assert.deepEqual(formatDelta(-3), { direction: "down", text: "−3" });
  assert.deepEqual(formatDelta(-5387.61), { direction: "down", text: "−5388" });
  assert.deepEqual(formatDelta(999.7), { direction: "up", text: "+1000" });
  assert.deepEqual(formatDelta(999.2), { direction: "up", text: "+999" });
  assert.deepEqual(formatDelta(0), { direction: "same", text: "±0" });
  assert.deepEqual(formatDelta("NaN"), { direction: "unknown", text: "NaN" });
  assert.deepEqual(formatDelta("-Infinity"), { direction: "down", text: "−∞" });
});

test("params that are plain numbers are known by their text", () => {
  for (const text of ["1", "-0.5", "1e-3", ".5", "10.", "nan", "-inf"]) assert.ok(looksNumeric(text), text);
  for (const text of ["", "rbf", "1,2", "0x10", "1 2", "--1"]) assert.ok(!looksNumeric(text), text);
});
