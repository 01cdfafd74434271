/** The dot before a run's name: its colour in charts, hollow where it is hidden there; a click hides it, or shows it. */
import type { TableRow } from "../../bridge/table";
import type { RunColours } from "../../lib/runcolours";
import { oneLine, shorten } from "../../lib/text";
import { h } from "../dom";

export function runDot(row: TableRow, looks: RunColours): HTMLElement {
  const dot = h("button", {
    type: "button",
    class: "tb-dot",
    tabindex: -1,
    onclick: (event: Event) => {
      event.stopPropagation();
      const run_id = dot.closest("[data-run]")?.getAttribute("data-run");
      if (run_id) looks.setVisible([run_id], !looks.isVisible(run_id));
    },
  });
  return paintDot(dot, row, looks);
}

/** Makes a dot that of this row. */
export function paintDot(dot: HTMLElement, row: TableRow, looks: RunColours): HTMLElement {
  const { run_id, name } = row.run;
  const isVisible = looks.isVisible(run_id);
  dot.title = isVisible ? "Hide in charts" : "Show in charts";
  dot.setAttribute("aria-label", `${shorten(oneLine(name), 60)} in charts`);
  dot.setAttribute("aria-pressed", String(isVisible));
  dot.style.setProperty("--tb-run", looks.colour(run_id));
  return dot;
}
