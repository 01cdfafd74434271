/** The line that stays when the card is folded: what ran, how it went, when and how long. */
import type { Card } from "../../bridge/payloads";
import { formatNumber } from "../../lib/number";
import { cellElement } from "../cell";
import type { Clock } from "../clock";
import { h, icon, user } from "../dom";
import { runId } from "../runid";
import { statusBadge } from "../status";

const HEADLINES = 3;

/** A list of texts with quiet dots between them. */
function trail(...parts: (HTMLElement | null)[]): HTMLElement {
  return h("span", { class: "tb-trail" }, ...parts);
}

export function cellName(card: Card): HTMLElement | null {
  const cell = card.cell;
  if (cell === null) return null;
  const guess = cell.guessed
    ? h("span", { class: "tb-hint", title: "The cell line was chosen by similarity of source" }, "(guessed)")
    : null;
  return cellElement(cell, guess);
}

export interface HeaderState {
  folded: boolean;
  /** false where nobody tells how the run goes on */
  live: boolean;
}

export function header(card: Card, clock: Clock, { folded, live }: HeaderState, onToggle: () => void): HTMLElement {
  const { run } = card;
  // A run that nobody hears of any more: its clock would tick on for ever.
  const lost = !live && run.end_ms === null;
  const toggle = h(
    "button",
    {
      type: "button",
      class: "tb-fold",
      "aria-expanded": String(!folded),
      "aria-label": folded ? "Unfold run card" : "Fold run card",
      onclick: onToggle,
    },
    icon("chevron"),
  );
  const headline = folded ? h("span", { class: "tb-headline" }, ...card.metrics.slice(0, HEADLINES).map(brief)) : null;
  return h(
    "div",
    { class: "tb-card-header", "data-live": String(live) },
    toggle,
    statusBadge(run.status),
    h("span", { class: "tb-run-name" }, user(run.name, "", `${run.name}\nrun ${run.run_id}`)),
    trail(
      h("span", { class: "tb-experiment" }, user(run.experiment)),
      cellName(card),
      h("span", { class: "tb-header-id" }, runId(run.run_id)),
    ),
    headline,
    h(
      "span",
      { class: "tb-when" },
      trail(clock.since(run.start_ms), lost ? null : clock.span(run.start_ms, run.end_ms)),
    ),
  );
}

function brief(metric: Card["metrics"][number]): HTMLElement {
  return h(
    "span",
    { class: "tb-brief" },
    user(metric.key),
    " ",
    h("b", { class: "tb-num" }, formatNumber(metric.last)),
  );
}
