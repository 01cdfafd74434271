import assert from "node:assert/strict";
import { test } from "node:test";
import type { SideLine } from "../bridge/compare";
import { countChanges, foldEqual, sideMarks, unifiedRow } from "./diff";

const line = (op: SideLine["op"], n: number): SideLine => ({ op, left_no: n, left: "x", right_no: n, right: "x" });

test("changes are counted by kind", () => {
  assert.deepEqual(countChanges([{ op: "+" }, { op: "+" }, { op: "-" }, { op: " " }]), { added: 2, removed: 1 });
});

test("a gap says how many lines it hides", () => {
  assert.deepEqual(unifiedRow({ op: "~", text: "12" }), { mark: "⋯", text: "12 unchanged lines" });
  assert.deepEqual(unifiedRow({ op: "-", text: "C = 1" }), { mark: "−", text: "C = 1" });
});

test("equal lines far from a change are folded", () => {
  const lines = [...Array.from({ length: 10 }, (_, i) => line("=", i)), line("~", 10), line("=", 11)];
  const blocks = foldEqual(lines, 3);
  assert.deepEqual(
    blocks.map((b) => [b.folded, b.lines.length]),
    [
      [true, 7],
      [false, 5],
    ],
  );
});

test("short stretches are not folded", () => {
  const lines = [line("+", 0), line("=", 1), line("=", 2), line("=", 3), line("=", 4)];
  assert.ok(foldEqual(lines, 3).every((b) => !b.folded));
});

test("each side has its own mark", () => {
  assert.deepEqual(sideMarks("~"), ["−", "+"]);
  assert.deepEqual(sideMarks("+"), ["", "+"]);
});
