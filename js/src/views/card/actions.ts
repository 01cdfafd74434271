/** What can be done with the run: in the header a stop while it goes on, and a menu of the rest. */

import type { Card } from "../../bridge/card";
import type { CardSnapshot } from "../../bridge/record";
import { button, h, icon } from "../dom";
import type { Menu, MenuItem } from "../table/popup";
import type { CardHost } from "./host";

export interface Acts {
  stop(): void;
  compare(run_id: string): void;
  baseline(run_id: string | null): void;
  snapshot(one: CardSnapshot): void;
  trash(): void;
  restore(): void;
  copy(text: string): void;
}

export function actionButtons(card: Card, host: CardHost, menu: Menu, acts: Acts): HTMLElement {
  const going = card.run.end_ms === null;
  const stop =
    going && host.stop !== undefined
      ? h(
          "button",
          {
            type: "button",
            class: "tb-button tb-stop",
            "aria-label": "Stop the run",
            title: "Interrupt the cell, as the notebook's own stop button does",
            onclick: () => acts.stop(),
          },
          icon("stop"),
          "Stop",
        )
      : null;
  const more = button("", () => menu.open("Run", items(card, host, acts), more, more), {
    class: "tb-more",
    "aria-label": "More actions",
    "aria-haspopup": "menu",
    title: "More actions",
  });
  more.append(icon("more"));
  return h("span", { class: "tb-actions" }, stop, more);
}

function items(card: Card, host: CardHost, acts: Acts): (MenuItem | null)[] {
  const { about, run } = card;
  const found: (MenuItem | null)[] = [];
  const before = card.cell?.previous_run_id;
  if (host.compare !== undefined) {
    const version = (card.cell?.version ?? 1) - 1;
    if (before) found.push({ label: `Compare with v${version}`, run: () => acts.compare(before) });
    const base = about?.baseline;
    if (base && base.run_id !== before)
      found.push({ label: "Compare with the baseline", run: () => acts.compare(base.run_id) });
  }
  if (host.baseline !== undefined && about !== undefined)
    found.push(
      about.is_baseline
        ? { label: "No longer the baseline", run: () => acts.baseline(null) }
        : { label: "Make it the baseline", run: () => acts.baseline(run.run_id) },
    );
  const snapshot = card.record?.snapshots.at(-1);
  if (snapshot && host.notebook !== undefined)
    found.push({ label: "Open the notebook as it was", run: () => acts.snapshot(snapshot) });
  if (found.length > 0) found.push(null);
  found.push({ label: "Copy run id", run: () => acts.copy(run.run_id) });
  found.push({ label: "Copy address runs:/…", run: () => acts.copy(`runs:/${run.run_id}`) });
  if (host.trash !== undefined && host.restore !== undefined && about !== undefined) {
    found.push(null);
    found.push(
      about.trashed
        ? { label: "Take it out of the trash", run: () => acts.restore() }
        : { label: "Move to the trash", run: () => acts.trash(), disabled: run.end_ms === null },
    );
  }
  return found;
}
