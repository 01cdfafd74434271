/** A cell line and version: "svm v2", or "cell [7] v2" in quiet where the line has no name; the whole line in the title. */
import type { CellPlace } from "../bridge/payloads";
import { cellLabel } from "../lib/text";
import { h, user } from "./dom";

export function cellElement({ line, label, named, version }: CellPlace, ...more: (HTMLElement | null)[]): HTMLElement {
  return h(
    "span",
    { class: "tb-cell", "data-named": String(named) },
    user(label ?? cellLabel(line), "", line),
    h("span", { class: "tb-version" }, `v${version}`),
    ...more,
  );
}
