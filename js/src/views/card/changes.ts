/** What differs in the source from the version before: a unified diff. */
import type { Card } from "../../bridge/card";
import type { DiffLine } from "../../bridge/payloads";
import { countChanges, unifiedRow } from "../../lib/diff";
import { h, user } from "../dom";
import { aside, section } from "./section";

export function changes(card: Card): HTMLElement | null {
  const { diff, cell } = card;
  if (diff === null || diff.length === 0) return null;
  const { added, removed } = countChanges(diff);
  const before = cell !== null && cell.version > 1 ? ` since v${cell.version - 1}` : "";
  const previous = cell?.previous_name ? h("span", { class: "tb-aside" }, user(cell.previous_name)) : null;
  const title = h("span", {}, `Changes${before} `, aside(`+${added} −${removed}`), " ", previous);
  const lines = h(
    "div",
    { class: "tb-diff", role: "region", "aria-label": `Source changes${before}`, tabindex: 0 },
    ...diff.map(diffLine),
  );
  return section("changes", title, lines);
}

const NAMES: Record<string, string> = { "+": "added", "-": "removed" };

/** A line of a unified diff, its kind said in words too. */
export function diffLine(line: DiffLine): HTMLElement {
  const { mark, text } = unifiedRow(line);
  const spoken = NAMES[line.op];
  return h(
    "div",
    { class: "tb-diff-line", "data-op": line.op },
    h("span", { class: "tb-diff-mark", "aria-hidden": "true" }, mark),
    spoken && h("span", { class: "tb-sr" }, `${spoken}: `),
    h("span", { class: "tb-diff-text" }, text === "" ? "\u00a0" : text),
  );
}
