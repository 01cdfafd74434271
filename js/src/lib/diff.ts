/** Diffs made ready for drawing: counts, line numbers, and stretches of equal lines folded away. */
import type { SideLine } from "../bridge/compare";
import type { DiffLine } from "../bridge/payloads";

export function countChanges(lines: readonly { op: string }[]): { added: number; removed: number } {
  return { added: lines.filter((l) => l.op === "+").length, removed: lines.filter((l) => l.op === "-").length };
}

/** What a unified diff line shows in its margin and its body. */
export function unifiedRow(line: DiffLine): { mark: string; text: string } {
  if (line.op === "~") return { mark: "⋯", text: `${line.text} unchanged ${line.text === "1" ? "line" : "lines"}` };
  return { mark: line.op === "-" ? "−" : line.op === " " ? "" : line.op, text: line.text };
}

export type SideBlock = { folded: false; lines: SideLine[] } | { folded: true; lines: SideLine[] };

/** Equal lines further than `context` from a change become folded blocks; a fold of fewer than three is not worth it. */
export function foldEqual(lines: readonly SideLine[], context = 3): SideBlock[] {
  const near = lines.map(() => false);
  lines.forEach((line, i) => {
    if (line.op === "=") return;
    for (let k = Math.max(0, i - context); k <= Math.min(lines.length - 1, i + context); k += 1) near[k] = true;
  });
  const blocks: SideBlock[] = [];
  for (let start = 0; start < lines.length; ) {
    let end = start;
    while (end < lines.length && near[end] === near[start]) end += 1;
    blocks.push({ folded: !near[start] && end - start >= 3, lines: lines.slice(start, end) });
    start = end;
  }
  return blocks;
}

/** The marks of the two sides of a line. */
export function sideMarks(op: SideLine["op"]): [string, string] {
  return op === "~" ? ["−", "+"] : op === "-" ? ["−", ""] : op === "+" ? ["", "+"] : ["", ""];
}
