/** A chart as an anywidget. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/curves.css";
import "../../style/chart.css";
import type { ChartModelState, ChartPoints } from "../bridge/chart";
import type { ChartMethods } from "../bridge/methods";
import type { Model } from "../bridge/model";
import { listen, watch, write } from "../bridge/model";
import { Requests } from "../bridge/requests";
import { chartView } from "../views/chart/index";
import { elsewhere, mounted, slowness } from "./connection";

function render(place: { model: Model<ChartModelState>; el: HTMLElement }): () => void {
  const { model, el } = place;
  const requests = new Requests<ChartMethods>(model, {
    ...elsewhere(place),
    onSlow: (slow) => view.connection(slowness(slow)),
  });
  const view = chartView(el, model.get("chart"), {
    curves: (params) => requests.ask("curves", params),
    image: (run_id, path) => requests.ask("image", { run_id, path }),
    renew: () => requests.ask("state", {}),
    onSelect: (selected) => write(model, { selected }),
  });
  return mounted(
    place,
    { requests, view },
    watch(model, "chart", (chart) => view.update(chart)),
    listen(model, "msg:custom", (message: ChartPoints) => {
      if (message.kind === "points") view.append(message);
    }),
  );
}

export default { render };
