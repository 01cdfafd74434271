/** The mark of a tracked cell: its versions, the last status, the best value of the goal. */
import type { LabLine } from "../../bridge/lab";
import { markName, metricText } from "../../lib/labruns";
import { plural } from "../../lib/text";
import { h } from "../dom";
import { statusBadge } from "../status";

export interface MarkView {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  update(line: LabLine): void;
}

export function markView(line: LabLine, open: () => void): MarkView {
  const button = h("button", { type: "button", class: "tb-mark", "aria-haspopup": "dialog", "aria-expanded": "false" });
  button.addEventListener("click", open);
  const element = h("div", { class: "tb-root tb-mark-place" }, button);
  let shown = "";
  const update = (next: LabLine) => {
    const same = JSON.stringify(next);
    if (same === shown) return;
    shown = same;
    button.setAttribute("aria-label", markName(next));
    button.title = "Versions of this cell: compare them with its text, put one back";
    button.replaceChildren(
      statusBadge(next.newest.run.status),
      h("span", {}, plural(next.versions, "version")),
      ...(next.best?.metric ? [h("span", { class: "tb-mark-best" }, `best ${metricText(next.best.metric)}`)] : []),
    );
  };
  update(line);
  return { element, button, update };
}
