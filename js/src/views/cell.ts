/** A cell line and version: "svm v2", the whole name of the line in the title. */
import { cellLabel } from "../lib/text";
import { h, user } from "./dom";

export function cellElement(
  { line, version }: { line: string; version: number },
  ...more: (HTMLElement | null)[]
): HTMLElement {
  return h(
    "span",
    { class: "tb-cell" },
    user(cellLabel(line), "", line),
    h("span", { class: "tb-version" }, `v${version}`),
    ...more,
  );
}
