/** The model registry as an anywidget. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/registry.css";
import type { Model } from "../bridge/model";
import { watch } from "../bridge/model";
import type { RegistryMethods, RegistryTraits } from "../bridge/registry";
import { Requests } from "../bridge/requests";
import { registryView } from "../views/registry/index";
import { elsewhere, mounted, slowness, watched } from "./connection";
import { showWidget } from "./manager";

function render(place: { model: Model<RegistryTraits>; el: HTMLElement }): () => void {
  const { model, el } = place;
  const requests = new Requests<RegistryMethods>(model, {
    ...elsewhere(place),
    onSlow: (slow) => view.connection(slowness(slow)),
  });
  const view = registryView(el, model.get("registry"), {
    ask: (method, params) => requests.ask(method, params),
    showWidget: (model_id, place) => showWidget(model, model_id, place),
  });
  return mounted(
    place,
    { requests, view },
    watched(requests),
    watch(model, "registry", (registry) => view.update(registry)),
  );
}

export default { render };
