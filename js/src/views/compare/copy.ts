/** Copies what a comparison shows, as Markdown or LaTeX. */
import type { CompareGroups, CompareSection } from "../../bridge/compare";
import { asLatex, asMarkdown, groupTable, tableOf } from "../../lib/copying";
import { toClipboard } from "../clipboard";
import { button, h } from "../dom";

export interface Copied {
  names: string[];
  sections: CompareSection[];
  groups: CompareGroups | null;
}

export function copyButtons(current: () => Copied): HTMLElement {
  const said = h("span", { class: "tb-aside", role: "status" });
  const copy = async (label: string, format: typeof asMarkdown) => {
    const { names, sections, groups } = current();
    const parts = [format(tableOf(names, sections)), ...(groups === null ? [] : [format(groupTable(groups))])];
    const isCopied = await toClipboard(`${parts.join("\n\n")}\n`);
    said.textContent = isCopied ? `${label} copied` : "The page may not copy";
    setTimeout(() => {
      said.textContent = "";
    }, 3000);
  };
  return h(
    "div",
    { class: "tb-copy" },
    said,
    button("Copy Markdown", () => void copy("Markdown", asMarkdown), {
      title: "Copy what is shown as a Markdown table",
    }),
    button("Copy LaTeX", () => void copy("LaTeX", asLatex), {
      title: "Copy what is shown as a LaTeX table (booktabs)",
    }),
  );
}
