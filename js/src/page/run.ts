/** One run: its card, unfolded and kept up to date, and below it the code that ran and the notebook as it was. */
import type { Card, Preview } from "../bridge/card";
import { pathOf } from "../lib/pages";
import { asker, type Source } from "../stored/source";
import { drawCard } from "../stored/views";
import { h } from "../views/dom";
import type { Router } from "./router";
import { RunFiles } from "./runfiles";
import type { Shown } from "./shown";

export async function runPage(place: HTMLElement, source: Source, run_id: string, router: Router): Promise<Shown> {
  const about = { run_id };
  const put = asker(source, "card", about);
  const middle = h("div");
  const files = new RunFiles((path) => put<Preview>("preview", { path }));
  let card: Card | null = null;
  const drawn = await drawCard(middle, source, about, {
    live: true,
    folded: false,
    onCard: (next) => {
      card = next;
      files.update(next);
    },
    compare: async (other) => {
      router.go(pathOf({ view: "compare", run_ids: [other, run_id] }));
      return true;
    },
  });
  const { run } = card as unknown as Card;
  place.append(h("div", { class: "tb-page-run" }, middle, files.element));
  return {
    view: "experiments",
    crumbs: [
      { text: "Experiments", path: "/" },
      { text: run.experiment, path: pathOf({ view: "table", experiment_id: run.experiment_id, setting: {} }) },
      { text: run.name, path: null },
    ],
    title: run.name,
    dispose: () => drawn.dispose(),
  };
}
