/** Which secrets were replaced in what the run keeps, and where; never their values.  Only the cell's own are a warning. */
import type { Card } from "../../bridge/card";
import type { CardSecret } from "../../bridge/record";
import { elsewhere } from "../../lib/record";
import { cutMiddle, oneLine, plural } from "../../lib/text";
import { h, icon, user } from "../dom";
import { aside } from "./section";

const LONGEST_PLACE = 36;

export function secrets(card: Card, open: { all: boolean }): HTMLElement | null {
  const found = card.record?.secrets ?? [];
  const own = found.filter((one) => !one.quiet);
  const line = elsewhere(found);
  if (own.length === 0 && line === null) return null;
  return h(
    "div",
    { class: "tb-secrets" },
    own.length > 0 && listed(own, open),
    line !== null &&
      h("div", { class: "tb-aside tb-wrap tb-secrets-elsewhere" }, line.lead, ...line.places.flatMap(named), line.more),
  );
}

/** A place is named by whoever wrote the code. */
const named = (place: string, at: number) => [
  at === 0 ? " " : ", ",
  user(cutMiddle(oneLine(place), LONGEST_PLACE), "", place),
];

function listed(found: CardSecret[], open: { all: boolean }): HTMLElement {
  const details = h(
    "details",
    { class: "tb-section tb-section-secrets", open: open.all },
    h(
      "summary",
      { class: "tb-section-title" },
      icon("warning"),
      h("span", {}, "Secrets replaced ", aside(`in ${plural(found.length, "place")}`)),
    ),
    h("div", { class: "tb-files", role: "list" }, ...found.map(row)),
  );
  details.addEventListener("toggle", () => {
    open.all = details.open;
  });
  return details;
}

function row({ kind, place, line }: CardSecret): HTMLElement {
  return h(
    "div",
    { class: "tb-file", role: "listitem" },
    user(kind, "tb-file-name"),
    user(place, "tb-mono"),
    h("span", { class: "tb-muted" }, line === null ? "" : `line ${line}`),
  );
}
