import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAbsolute, formatDuration, formatElapsed, formatRelative, relativeStep } from "./time";

test("durations keep two units at most", () => {
  assert.equal(formatDuration(420), "420 ms");
  assert.equal(formatDuration(59_990), "59.9 s");
  assert.equal(formatDuration(184_000), "3 min 04 s");
  assert.equal(formatDuration(7_500_000), "2 h 05 min");
  assert.equal(formatDuration(3 * 86_400_000 + 4 * 3_600_000), "3 d 04 h");
});

test("clocks that differ give no negative duration", () => {
  assert.equal(formatDuration(-5), "0 ms");
  assert.equal(formatElapsed(-5), "0 s");
});

test("a ticking clock shows whole seconds", () => {
  assert.equal(formatElapsed(12_900), "12 s");
  assert.equal(formatElapsed(61_000), "1 min 01 s");
});

test("recent times are relative, old ones are dates", () => {
  const now = Date.UTC(2026, 10, 21, 12);
  assert.equal(formatRelative(now - 1000, now), "just now");
  assert.equal(formatRelative(now + 60_000, now), "just now");
  assert.equal(formatRelative(now - 59_000, now), "59 s ago");
  assert.equal(formatRelative(now - 3 * 3_600_000, now), "3 h ago");
  assert.equal(formatRelative(now - 6 * 86_400_000, now), "6 d ago");
  assert.match(formatRelative(now - 60 * 86_400_000, now), /^2026-09-2\d$/);
});

test("absolute times are local and sortable", () => {
  assert.match(formatAbsolute(Date.UTC(2026, 10, 21, 12)), /^2026-11-2\d \d\d:00:00$/);
  assert.equal(formatAbsolute(Number.NaN), "unknown time");
});

test("old times tick slowly", () => {
  assert.ok(relativeStep(0, 10_000) < relativeStep(0, 7_200_000));
});
