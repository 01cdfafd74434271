/** The model registry as an anywidget. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/registry.css";
import type { Model } from "../bridge/model";
import { watch } from "../bridge/model";
import type { RegistryMethods, RegistryTraits } from "../bridge/registry";
import { Requests } from "../bridge/requests";
import { registryView } from "../views/registry/index";
import { GONE, onKernelGone, slowness } from "./connection";
import { showWidget } from "./manager";
import { keepKeys } from "./shortcuts";

function render({ model, el }: { model: Model<RegistryTraits>; el: HTMLElement }): () => void {
  const requests = new Requests<RegistryMethods>(model, { onSlow: (slow) => view.connection(slowness(slow)) });
  const view = registryView(el, model.get("registry"), {
    ask: (method, params) => requests.ask(method, params),
    showWidget: (model_id, place) => showWidget(model, model_id, place),
  });
  const watched = (on: boolean) => requests.ask("watch", { on }).catch(() => {});
  void watched(true);
  const stops = [
    keepKeys(el),
    watch(model, "registry", (registry) => view.update(registry)),
    onKernelGone(model, () => {
      requests.abandon(GONE);
      view.connection({ state: "offline", message: GONE });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    void watched(false);
    requests.dispose();
    view.dispose();
  };
}

export default { render };
