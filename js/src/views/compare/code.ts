/** Code of two runs, cell by cell: side by side or inline; cells and stretches that are equal are folded. */

import type { CellPair, CodePair, CompareState, SideLine } from "../../bridge/compare";
import type { CodeKind } from "../../bridge/methods";
import { countChanges, foldEqual, type SideBlock, sideMarks } from "../../lib/diff";
import { plural } from "../../lib/text";
import { type Change, changedPart } from "../../lib/words";
import { h, user } from "../dom";
import { messageOf } from "../view";

export interface CodeHost {
  diff?(what: CodeKind): Promise<CodePair[]>;
}

const KINDS: readonly (readonly [CodeKind, string])[] = [
  ["cell", "Cell"],
  ["program", "Minimal program"],
  ["notebook", "Notebook"],
];
const TITLES: Record<CodeKind, string> = {
  cell: "No cell was recorded for these runs. Track one with %%track, and its code stands here.",
  program: "No minimal program was recorded for these runs. Track a cell with %%track to have one.",
  notebook: "No notebook was recorded for these runs. Track a cell with %%track to have one.",
};

export class CodeSection {
  readonly element = h("div", { class: "tb-codes" });
  private readonly body = h("div", { class: "tb-slot" });
  private readonly kinds: readonly (readonly [CodeKind, HTMLElement])[];
  private readonly modes: readonly (readonly [boolean, HTMLElement])[];
  private what: CodeKind = "cell";
  private inline = false;
  private turn = 0;

  constructor(
    private state: CompareState,
    private readonly host: CodeHost,
  ) {
    const segment = (label: string, onclick: () => void) =>
      h("button", { type: "button", class: "tb-segment", onclick }, label);
    this.kinds = KINDS.map(([kind, label]) => [kind, segment(label, () => void this.choose(kind))] as const);
    this.modes = [
      [false, segment("Side by side", () => this.lay(false))],
      [true, segment("Inline", () => this.lay(true))],
    ];
    const group = (label: string, buttons: readonly (readonly [unknown, HTMLElement])[]) =>
      h("div", { class: "tb-segments", role: "group", "aria-label": label }, ...buttons.map(([, button]) => button));
    const kinds = group("Code shown", this.kinds);
    kinds.hidden = host.diff === undefined;
    const bar = h(
      "div",
      { class: "tb-code-bar" },
      h("div", { class: "tb-section-title" }, "Code"),
      kinds,
      group("Layout of code", this.modes),
    );
    this.element.append(bar, this.body);
    this.draw(state.code);
  }

  update(state: CompareState): void {
    this.state = state;
    void this.choose(this.what);
  }

  private pairs: readonly CodePair[] = [];

  private lay(inline: boolean): void {
    this.inline = inline;
    this.draw(this.pairs);
  }

  private async choose(what: CodeKind): Promise<void> {
    this.what = what;
    this.turn += 1;
    const { turn } = this;
    if (what === "cell") return this.draw(this.state.code);
    this.press();
    try {
      const found = (await this.host.diff?.(what)) ?? [];
      if (turn === this.turn) this.draw(found);
    } catch (error) {
      if (turn === this.turn) this.body.replaceChildren(h("div", { class: "tb-empty" }, messageOf(error)));
    }
  }

  private press(): void {
    for (const [kind, button] of this.kinds) button.setAttribute("aria-pressed", String(kind === this.what));
    for (const [inline, button] of this.modes) button.setAttribute("aria-pressed", String(inline === this.inline));
  }

  private draw(pairs: readonly CodePair[]): void {
    this.pairs = pairs;
    this.press();
    const found = pairs.filter((pair) => pair.cells.length > 0);
    if (found.length === 0) this.body.replaceChildren(h("div", { class: "tb-empty" }, TITLES[this.what]));
    else this.body.replaceChildren(...found.map((pair, i) => this.comparison(pair, i === 0)));
  }

  private comparison(pair: CodePair, open: boolean): HTMLElement {
    const first = this.state.runs[0]?.name ?? "";
    const other = this.state.runs.find((run) => run.run_id === pair.run_id)?.name ?? pair.run_id;
    const equal = pair.cells.every((cell) => cell.op === "=");
    const summary = h(
      "summary",
      {},
      h(
        "span",
        { class: "tb-code-summary" },
        user(other),
        h("span", { class: "tb-aside" }, equal ? "same source as" : "against"),
        user(first),
        equal ? null : counts(pair.cells),
      ),
    );
    const body = h("div", {
      class: "tb-code",
      role: "group",
      tabindex: 0,
      "aria-label": `Source of ${first} and ${other}`,
    });
    body.append(...this.cells(pair.cells));
    return h("details", { class: "tb-code-pair", open: open && !equal }, summary, body);
  }

  /** Cells one below the other; runs of equal cells are one line, unless there is but one cell. */
  private cells(cells: readonly CellPair[]): HTMLElement[] {
    if (cells.length === 1) return this.lines((cells[0] as CellPair).lines);
    const made: HTMLElement[] = [];
    for (let i = 0; i < cells.length; ) {
      let end = i;
      while (end < cells.length && cells[end]?.op === "=") end += 1;
      if (end > i) {
        made.push(
          folded(
            plural(end - i, "equal cell"),
            cells.slice(i, end).flatMap((cell) => this.cell(cell)),
          ),
        );
        i = end;
      } else {
        made.push(...this.cell(cells[i] as CellPair));
        i += 1;
      }
    }
    return made;
  }

  private cell(cell: CellPair): HTMLElement[] {
    const said = { "+": "added", "-": "removed", "~": "changed", "=": "equal" }[cell.op];
    const head = h(
      "div",
      { class: "tb-code-cell", "data-op": cell.op },
      `${cell.kind === "code" ? "cell" : `${cell.kind} cell`}, ${said}`,
    );
    return [head, ...this.lines(cell.lines)];
  }

  private lines(lines: readonly SideLine[]): HTMLElement[] {
    return foldEqual(lines).map((block) => this.block(block));
  }

  private block({ folded: isFolded, lines }: SideBlock): HTMLElement {
    const drawn = () => (this.inline ? inlineLines(lines) : lines.map(sideLine));
    return isFolded
      ? folded(plural(lines.length, "unchanged line"), drawn)
      : h("div", { class: "tb-code-block" }, ...drawn());
  }
}

function folded(label: string, content: HTMLElement[] | (() => HTMLElement[])): HTMLElement {
  const element = h("div", { class: "tb-code-block" });
  const open = () => element.replaceChildren(...(typeof content === "function" ? content() : content));
  element.append(h("button", { type: "button", class: "tb-unfold", onclick: open }, `⋯ ${label}`));
  return element;
}

function counts(cells: readonly CellPair[]): HTMLElement {
  const lines = cells.flatMap((cell) => cell.lines);
  const changed = lines.filter((line) => line.op === "~").length;
  const { added, removed } = countChanges(lines);
  return h("span", { class: "tb-aside" }, `+${added + changed} −${removed + changed}`);
}

function sideLine(line: SideLine): HTMLElement {
  const [left, right] = sideMarks(line.op);
  const [before, after] = partsOf(line);
  return h(
    "div",
    { class: "tb-code-line" },
    ...side("left", line.left_no, left, before),
    ...side("right", line.right_no, right, after),
  );
}

/** Changed lines as removed and added ones, all removed of a stretch before all added. */
function inlineLines(lines: readonly SideLine[]): HTMLElement[] {
  const made: HTMLElement[] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i] as SideLine;
    if (line.op === "=") {
      made.push(inlineLine(line.left_no, line.right_no, "", line.right));
      i += 1;
      continue;
    }
    let end = i;
    while (end < lines.length && lines[end]?.op !== "=") end += 1;
    const some = lines.slice(i, end);
    made.push(
      ...some.filter((one) => one.left !== null).map((one) => inlineLine(one.left_no, null, "−", partsOf(one)[0])),
    );
    made.push(
      ...some.filter((one) => one.right !== null).map((one) => inlineLine(null, one.right_no, "+", partsOf(one)[1])),
    );
    i = end;
  }
  return made;
}

function inlineLine(left: number | null, right: number | null, mark: string, text: Text): HTMLElement {
  const data = { "data-mark": mark === "" ? "same" : mark === "+" ? "added" : "removed" };
  return h(
    "div",
    { class: "tb-code-line tb-code-inline" },
    h("span", { class: "tb-line-no", ...data }, left === null ? "" : String(left)),
    h("span", { class: "tb-line-no", ...data }, right === null ? "" : String(right)),
    h("span", { class: "tb-line-mark", "aria-hidden": "true", ...data }, mark),
    lineText(mark, text, data),
  );
}

type Text = string | Change | null;

function partsOf(line: SideLine): [Text, Text] {
  const parts =
    line.op === "~" && line.left !== null && line.right !== null ? changedPart(line.left, line.right) : null;
  return parts ?? [line.left, line.right];
}

const SPOKEN: Record<string, string> = { "−": "removed: ", "+": "added: " };

function side(where: "left" | "right", no: number | null, mark: string, text: Text): HTMLElement[] {
  const data = {
    "data-side": where,
    "data-mark": text === null ? "none" : mark === "" ? "same" : mark === "+" ? "added" : "removed",
  };
  return [
    h("span", { class: "tb-line-no", ...data }, no === null ? "" : String(no)),
    h("span", { class: "tb-line-mark", "aria-hidden": "true", ...data }, mark),
    lineText(mark, text, data),
  ];
}

function lineText(mark: string, text: Text, data: Record<string, string>): HTMLElement {
  const spoken = mark !== "" && h("span", { class: "tb-sr" }, SPOKEN[mark]);
  if (text === null || typeof text === "string")
    return h("span", { class: "tb-line-text", ...data }, spoken, text ?? "");
  return h(
    "span",
    { class: "tb-line-text", ...data },
    spoken,
    text.before,
    h("mark", { class: "tb-changed" }, text.changed),
    text.after,
  );
}
