/** The exception that ended the run; its traceback stays folded, since the notebook shows the ordinary one. */
import type { Card } from "../../bridge/payloads";
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
  const trace =
    error.traceback !== "" &&
    h(
      "details",
      { class: "tb-traceback" },
      h("summary", {}, "Traceback"),
      h("pre", { tabindex: 0, role: "region", "aria-label": "Traceback" }, withoutColours(error.traceback)),
    );
  return section("error", "Error", line, trace);
}

/** IPython's tracebacks carry terminal colours. */
function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
