/** The exception that ended the run, and the cell's line that it came from; the traceback stays folded, since the notebook shows it. */
import type { Card } from "../../bridge/card";
import { cellLine, traceLines } from "../../lib/traceback";
import { h } from "../dom";
import { section } from "./section";

export function failure(card: Card): HTMLElement | null {
  const { error } = card;
  if (error === null) return null;
  const line = h(
    "div",
    { class: "tb-error-line" },
    h("bdi", { class: "tb-error-type" }, error.type),
    h("bdi", { class: "tb-error-message" }, error.message),
  );
  const lines = traceLines(error.traceback);
  const origin = cellLine(lines);
  const trace =
    error.traceback !== "" &&
    h(
      "details",
      { class: "tb-traceback" },
      h("summary", {}, "Traceback"),
      h(
        "pre",
        { tabindex: 0, role: "region", "aria-label": "Traceback" },
        ...lines.map(({ text, kind, cell }) =>
          h("span", { class: "tb-trace-line", "data-kind": kind, "data-cell": String(cell) }, `${text}\n`),
        ),
      ),
    );
  const place =
    origin &&
    h(
      "div",
      { class: "tb-error-place" },
      h("span", { class: "tb-muted" }, origin.line === null ? "in the cell" : `in line ${origin.line}`),
      h("bdi", { class: "tb-mono" }, origin.text),
    );
  return section("error", "Error", line, place, trace);
}
