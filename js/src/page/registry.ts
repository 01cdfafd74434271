/** Registered models, or one of them with its versions and what was done to it. */
import type { Source } from "../stored/source";
import { asker } from "../stored/source";
import { type Drawn, drawCard, drawRegistry } from "../stored/views";
import { type Frame, MODELS } from "./frame";
import type { Roles } from "./roles";
import type { Router } from "./router";
import type { Shown } from "./shown";

export async function registryPage(
  place: HTMLElement,
  source: Source,
  name: string | null,
  router: Router,
  roles: Roles,
  frame: Frame,
): Promise<Shown> {
  const put = asker(source, "registry", {});
  const cards: Drawn[] = [];
  const at = (to: string | null): Omit<Shown, "dispose"> => ({
    view: "registry",
    crumbs: to === null ? [] : [MODELS, { text: to, path: null }],
    title: to ?? "Models",
  });
  const drawn = await drawRegistry(
    place,
    source,
    { name },
    {
      live: true,
      ask: (async (method: string, params: object) =>
        // A card needs no widget of a kernel's: its run is what it is known by.
        method === "card" ? (params as { run_id: string }).run_id : put(method, params)) as never,
      mayChange: (name) => roles.mayChange(name),
      mayDecide: (decision, request, approvers) => roles.mayDecide(decision, request.user, approvers),
      showWidget: async (run_id, inside) => {
        cards.push(await drawCard(inside, source, { run_id }));
        return true;
      },
      onOpen: (to) => {
        router.note({ view: "registry", name: to }, "push");
        const { view, crumbs, title } = at(to);
        frame.show(view, crumbs, title);
      },
    },
  );
  return {
    ...at(name),
    dispose() {
      drawn.dispose();
      for (const card of cards) card.dispose();
    },
  };
}
