/** Would the notebook run the same code again?  The verdict, its reasons, and the program that does. */
import type { Card } from "../../bridge/card";
import type { CardReason, CardRerun } from "../../bridge/record";
import { labelTitle, reasonText, verdictText } from "../../lib/record";
import { plural } from "../../lib/text";
import { h, type IconName, icon, user } from "../dom";
import { capped } from "../more";
import { section } from "./section";

const SHOWN = 3;
const ICONS: Record<CardRerun["verdict"], IconName> = { reproducible: "check", differs: "warning", unknown: "unknown" };

export function rerun(card: Card, open: { all: boolean }): HTMLElement | null {
  const found = card.record?.rerun ?? null;
  if (found === null) return null;
  const reasons = h("ul", { class: "tb-plain tb-reasons" });
  return section(
    "rerun",
    "Run again",
    h(
      "div",
      { class: "tb-verdict", "data-verdict": found.verdict },
      icon(ICONS[found.verdict] ?? "unknown"),
      h("span", {}, verdictText(found.verdict)),
    ),
    found.reasons.length > 0 && capped(reasons, found.reasons.map(reason), SHOWN, "reasons", open),
    program(found),
  );
}

function reason(why: CardReason): HTMLElement {
  return h("li", { class: "tb-reason" }, h("bdi", {}, reasonText(why)), why.line && user(why.line, "tb-mono"));
}

function program({ program: path, cells, label }: CardRerun): HTMLElement | null {
  if (path === null) return null;
  return h(
    "div",
    { class: "tb-trail tb-muted tb-minimal" },
    h("span", {}, "Minimal program"),
    cells > 0 && h("span", {}, plural(cells, "cell")),
    label && h("span", { title: labelTitle(label) }, label),
    user(path, "tb-mono"),
  );
}
