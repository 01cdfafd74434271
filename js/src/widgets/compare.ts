/** The comparison of runs as an anywidget. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/compare.css";
import "../../style/curves.css";
import "../../style/chart.css";
import type { CompareModelState } from "../bridge/compare";
import type { CompareMethods } from "../bridge/methods";
import type { Model } from "../bridge/model";
import { watch, write } from "../bridge/model";
import { Requests } from "../bridge/requests";
import { compareView } from "../views/compare/index";
import { elsewhere, mounted, slowness } from "./connection";

function render(place: { model: Model<CompareModelState>; el: HTMLElement }): () => void {
  const { model, el } = place;
  const requests = new Requests<CompareMethods>(model, {
    ...elsewhere(place),
    onSlow: (slow) => view.connection(slowness(slow)),
  });
  const view = compareView(el, model.get("compare"), {
    onlyDifferences: model.get("only_differences"),
    onOnlyDifferences: (only_differences) => write(model, { only_differences }),
    baseline: (baseline) => requests.ask("state", { baseline }),
    diff: (what) => requests.ask("diff", { what }),
    curves: (params) => requests.ask("curves", params),
    image: (run_id, path) => requests.ask("image", { run_id, path }),
  });
  return mounted(
    place,
    { requests, view },
    watch(model, "compare", (compare) => view.update(compare)),
    watch(model, "only_differences", (only) => view.onlyDifferences(only)),
  );
}

export default { render };
