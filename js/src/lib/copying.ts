/** A comparison as text for a paper or a note: what is shown, as a Markdown or a LaTeX table. */
import type { CompareGroups, CompareSection } from "../bridge/compare";
import { formatNumber } from "./number";
import { oneLine } from "./text";

export interface TextTable {
  heads: string[];
  rows: string[][];
  /** columns of numbers, set right */
  numeric: boolean[];
}

/** All sections in one table, each under a row of its own. */
export function tableOf(names: readonly string[], sections: readonly CompareSection[]): TextTable {
  const rows = sections.flatMap((section) =>
    section.rows.map((row) => [
      section.aggregate === null || section.aggregate === "last" ? row.key : `${row.key} (${section.aggregate})`,
      ...row.values.map((value) =>
        value === null ? "" : row.numeric ? formatNumber(value as number) : oneLine(String(value)),
      ),
    ]),
  );
  return { heads: ["", ...names], rows, numeric: ["", ...names].map((_, i) => i > 0) };
}

/** Means and tests of groups. */
export function groupTable({ groups, rows }: CompareGroups): TextTable {
  const heads = ["", ...groups.map((group) => group.name), "difference", "p", "g", "seeds"];
  const body = rows.flatMap((row) =>
    row.tests.flatMap((test, i) => {
      if (test === null) return [];
      const values = groups.map((_, at) => {
        const value = row.values[at];
        return at !== 0 && at !== i
          ? ""
          : value == null
            ? ""
            : `${formatNumber(value.mean)}${value.deviation === null ? "" : ` ± ${Number(value.deviation.toPrecision(2))}`}`;
      });
      return [
        [
          row.key,
          ...values,
          formatNumber(test.difference),
          test.p === null ? "" : String(Number(test.p.toPrecision(2))),
          test.effect === null ? "" : test.effect.toFixed(2),
          String(test.n),
        ],
      ];
    }),
  );
  return { heads, rows: body, numeric: heads.map((_, i) => i > 0) };
}

export function asMarkdown({ heads, rows, numeric }: TextTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(" | ")} |`;
  return [line(heads), `| ${numeric.map((right) => (right ? "---:" : "---")).join(" | ")} |`, ...rows.map(line)].join(
    "\n",
  );
}

/** Text as Markdown shows it: no markup of its own, no end of the cell. */
function markdownCell(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>|#~]/g, "\\$&");
}

/** A `booktabs` table. */
export function asLatex({ heads, rows, numeric }: TextTable): string {
  const line = (cells: readonly string[]) => `${cells.map(latexCell).join(" & ")} \\\\`;
  return [
    `\\begin{tabular}{${numeric.map((right) => (right ? "r" : "l")).join("")}}`,
    "\\toprule",
    line(heads),
    "\\midrule",
    ...rows.map(line),
    "\\bottomrule",
    "\\end{tabular}",
  ].join("\n");
}

const LATEX: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "±": "$\\pm$",
  "−": "$-$",
  "∞": "$\\infty$",
};

function latexCell(text: string): string {
  return oneLine(text).replace(/[\\~^±−∞&%$#_{}]/g, (letter) => LATEX[letter] ?? `\\${letter}`);
}
