/** One run: its card, unfolded and kept up to date, and below it the code that ran and the notebook as it was. */
import type { Card, Preview } from "../bridge/card";
import type { CardMethods } from "../bridge/methods";
import { pathOf } from "../lib/pages";
import { asker, type Source } from "../stored/source";
import { type Drawn, drawCard } from "../stored/views";
import type { CardHost } from "../views/card/host";
import { h } from "../views/dom";
import { EXPERIMENTS, experimentCrumb } from "./frame";
import type { Roles } from "./roles";
import type { Router } from "./router";
import { RunFiles } from "./runfiles";
import type { Shown } from "./shown";

export async function runPage(
  place: HTMLElement,
  source: Source,
  run_id: string,
  router: Router,
  roles: Roles,
): Promise<Shown> {
  const about = { run_id };
  const put = asker(source, "card", about);
  const middle = h("div");
  const address = (path: string) => `/get-artifact?${new URLSearchParams({ run_uuid: run_id, path })}`;
  const files = new RunFiles((path) => put<Preview>("preview", { path }), address);
  let card: Card | null = null;
  const drawn: Drawn = await drawCard(middle, source, about, {
    live: true,
    folded: false,
    address,
    onBegin: ({ run }) => changing(put, roles, run.experiment_id, () => drawn.renew?.()),
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
    crumbs: [EXPERIMENTS, experimentCrumb(run), { text: run.name, path: null }],
    title: run.name,
    dispose: () => drawn.dispose(),
  };
}

type Put = <T>(method: string, params: object) => Promise<T>;

/** What may be changed of the run; the card is read anew after each change. */
function changing(put: Put, roles: Roles, experiment_id: string, renew: () => Promise<void> | undefined): CardHost {
  const act = async <K extends keyof CardMethods>(method: K, params: object) => {
    const done = await put<CardMethods[K]["result"]>(method, params);
    await renew();
    return done;
  };
  const host: CardHost = {};
  if (roles.mayChange(null)) host.register = (path, name, alias) => act("register", { path, name, alias });
  if (!roles.mayEdit(experiment_id)) return host;
  return {
    ...host,
    edit: (edit) => act("edit", edit),
    baseline: (baseline) => act("baseline", { baseline }),
    trash: () => act("trash", {}),
    restore: () => act("restore", {}),
  };
}
