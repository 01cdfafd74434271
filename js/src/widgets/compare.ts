/** The comparison of runs as an anywidget. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/compare.css";
import type { Model } from "../bridge/model";
import { watch, write } from "../bridge/model";
import type { CompareModelState } from "../bridge/payloads";
import { compareView } from "../views/compare/index";
import { keepKeys } from "./shortcuts";

function render({ model, el }: { model: Model<CompareModelState>; el: HTMLElement }): () => void {
  const view = compareView(el, model.get("compare"), {
    onlyDifferences: model.get("only_differences"),
    onOnlyDifferences: (only_differences) => write(model, { only_differences }),
  });
  const stops = [
    keepKeys(el),
    watch(model, "compare", (compare) => view.update(compare)),
    watch(model, "only_differences", (only) => view.onlyDifferences(only)),
  ];
  return () => {
    for (const stop of stops) stop();
    view.dispose();
  };
}

export default { render };
