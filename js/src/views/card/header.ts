/** The line that stays when the card is folded: what ran, how it went, when and how long. */
import type { Card, Edited } from "../../bridge/card";
import { formatNumber } from "../../lib/number";
import { cellElement } from "../cell";
import type { Clock } from "../clock";
import { h, icon, user } from "../dom";
import { editable } from "../edit";
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
  /** how far it is, in a few words, where the card is folded */
  progress: string;
}

export interface HeaderParts {
  clock: Clock;
  onToggle(): void;
  actions: HTMLElement;
  /** null where nobody saves it */
  rename: ((name: string, before: string) => Promise<Edited>) | undefined;
  /** the name's editor is gone */
  closed(): void;
}

export function header(card: Card, { folded, live, progress }: HeaderState, parts: HeaderParts): HTMLElement {
  const { run } = card;
  const { clock, onToggle } = parts;
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
  const said = progress === "" ? null : h("span", { class: "tb-headline-progress tb-num" }, progress);
  const first = card.about?.goal?.key;
  const ordered = [...card.metrics].sort((a, b) => Number(b.key === first) - Number(a.key === first));
  const headline = folded
    ? h("span", { class: "tb-headline" }, said, ...ordered.slice(0, said === null ? HEADLINES : 1).map(brief))
    : null;
  const name = editable(user(run.name, "", `${run.name}\nrun ${run.run_id}`), {
    label: "Name",
    value: run.name,
    save: parts.rename,
    closed: parts.closed,
  });
  const mark = card.about?.is_baseline
    ? h(
        "span",
        { class: "tb-baseline", title: "Other runs of the experiment are compared with this one" },
        icon("pin"),
        "baseline",
      )
    : null;
  return h(
    "div",
    { class: "tb-card-header", "data-live": String(live) },
    toggle,
    statusBadge(run.status),
    h("span", { class: "tb-run-name" }, name),
    mark,
    trail(
      folded ? null : h("span", { class: "tb-experiment" }, user(run.experiment)),
      cellName(card),
      folded ? null : h("span", { class: "tb-header-id" }, runId(run.run_id)),
    ),
    headline,
    h(
      "span",
      { class: "tb-when" },
      // While it goes on, how long ago it began is how long it takes.
      trail(run.end_ms === null && live ? null : clock.since(run.start_ms), lost ? null : clock.took(run)),
    ),
    parts.actions,
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
