/** Runs side by side. */
import type { CompareMethods } from "../bridge/methods";
import { pathOf } from "../lib/pages";
import { plural } from "../lib/text";
import { asker, type Source } from "../stored/source";
import { drawComparison } from "../stored/views";
import type { Router } from "./router";
import type { Shown } from "./shown";

export async function comparePage(
  place: HTMLElement,
  source: Source,
  run_ids: readonly string[],
  router: Router,
): Promise<Shown> {
  const put = asker(source, "compare", { run_ids });
  const drawn = await drawComparison(
    place,
    source,
    { run_ids },
    {
      baseline: async (baseline) => {
        const state = await put<CompareMethods["state"]["result"]>("state", { baseline });
        router.note({ view: "compare", run_ids: state.runs.map((run) => run.run_id) }, "replace");
        return state;
      },
    },
  );
  const title = `Comparison of ${plural(run_ids.length, "run")}`;
  return {
    view: "experiments",
    crumbs: [
      { text: "Experiments", path: pathOf({ view: "experiments" }) },
      { text: title, path: null },
    ],
    title,
    dispose: () => drawn.dispose(),
  };
}
