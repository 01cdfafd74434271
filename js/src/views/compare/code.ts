/** The cells of two runs side by side, with line numbers and marks; stretches that are equal are folded. */
import type { CompareState, SideLine } from "../../bridge/payloads";
import { countChanges, foldEqual, type SideBlock, sideMarks } from "../../lib/diff";
import { plural } from "../../lib/text";
import { h, user } from "../dom";

type Code = CompareState["code"][number];

export function codeComparisons(state: CompareState): HTMLElement | null {
  const diffs = state.code.filter((code) => code.lines.length > 0);
  if (diffs.length === 0) return null;
  return h(
    "div",
    { class: "tb-codes" },
    h("div", { class: "tb-section-title" }, "Code"),
    ...diffs.map((code, i) => comparison(state, code, i === 0)),
  );
}

function comparison(state: CompareState, code: Code, open: boolean): HTMLElement {
  const first = state.runs[0]?.name ?? "";
  const other = state.runs.find((run) => run.run_id === code.run_id)?.name ?? code.run_id;
  const equal = code.lines.every((line) => line.op === "=");
  const summary = h(
    "summary",
    {},
    h(
      "span",
      { class: "tb-code-summary" },
      user(other),
      h("span", { class: "tb-aside" }, equal ? "same source as" : "against"),
      user(first),
      equal ? null : counts(code.lines),
    ),
  );
  const body = h("div", {
    class: "tb-code",
    role: "region",
    tabindex: 0,
    "aria-label": `Source of ${first} and ${other}`,
  });
  body.append(...foldEqual(code.lines).map(block));
  return h("details", { class: "tb-code-pair", open: open && !equal }, summary, body);
}

function counts(lines: readonly SideLine[]): HTMLElement {
  const changed = lines.filter((line) => line.op === "~").length;
  const { added, removed } = countChanges(lines);
  return h("span", { class: "tb-aside" }, `+${added + changed} −${removed + changed}`);
}

function block({ folded, lines }: SideBlock): HTMLElement {
  const element = h("div", { class: "tb-code-block" });
  if (!folded) {
    element.append(...lines.map(codeLine));
    return element;
  }
  const unfold = h(
    "button",
    { type: "button", class: "tb-unfold", onclick: () => element.replaceChildren(...lines.map(codeLine)) },
    `⋯ ${plural(lines.length, "unchanged line")}`,
  );
  element.append(unfold);
  return element;
}

function codeLine(line: SideLine): HTMLElement {
  const [left, right] = sideMarks(line.op);
  return h(
    "div",
    { class: "tb-code-line" },
    ...side("left", line.left_no, left, line.left),
    ...side("right", line.right_no, right, line.right),
  );
}

const SPOKEN: Record<string, string> = { "−": "removed: ", "+": "added: " };

function side(where: "left" | "right", no: number | null, mark: string, text: string | null): HTMLElement[] {
  const data = {
    "data-side": where,
    "data-mark": text === null ? "none" : mark === "" ? "same" : mark === "+" ? "added" : "removed",
  };
  return [
    h("span", { class: "tb-line-no", ...data }, no === null ? "" : String(no)),
    h("span", { class: "tb-line-mark", "aria-hidden": "true", ...data }, mark),
    h(
      "span",
      { class: "tb-line-text", ...data },
      mark !== "" && h("span", { class: "tb-sr" }, SPOKEN[mark]),
      text ?? "",
    ),
  ];
}
