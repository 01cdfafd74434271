/** Runs side by side. */
import type { CompareMethods } from "../bridge/methods";
import type { RunHead } from "../bridge/payloads";
import { plural } from "../lib/text";
import { asker, type Source } from "../stored/source";
import { drawComparison } from "../stored/views";
import { EXPERIMENTS, experimentCrumb } from "./frame";
import type { Router } from "./router";
import type { Shown } from "./shown";

export async function comparePage(
  place: HTMLElement,
  source: Source,
  run_ids: readonly string[],
  router: Router,
): Promise<Shown> {
  let runs: readonly RunHead[] = [];
  const put = asker(source, "compare", { run_ids });
  const drawn = await drawComparison(
    place,
    source,
    { run_ids },
    {
      onFirst: (state) => {
        runs = state.runs;
      },
      baseline: async (baseline) => {
        const state = await put<CompareMethods["state"]["result"]>("state", { baseline });
        router.note({ view: "compare", run_ids: state.runs.map((run) => run.run_id) }, "replace");
        return state;
      },
    },
  );
  const title = `Comparison of ${plural(run_ids.length, "run")}`;
  const of = runs[0];
  const shared = of && runs.every((run) => run.experiment_id === of.experiment_id) ? [experimentCrumb(of)] : [];
  return {
    view: "experiments",
    crumbs: [EXPERIMENTS, ...shared, { text: title, path: null }],
    title,
    dispose: () => drawn.dispose(),
  };
}
