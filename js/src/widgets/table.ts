/** The run table as an anywidget. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/table.css";
import type { TableMethods } from "../bridge/methods";
import type { Model } from "../bridge/model";
import { watch, write } from "../bridge/model";
import type { TableModelState } from "../bridge/payloads";
import { Requests } from "../bridge/requests";
import { tableView } from "../views/table/index";
import { GONE, onKernelGone, slowness } from "./connection";
import { keepKeys } from "./shortcuts";

function render({ model, el }: { model: Model<TableModelState>; el: HTMLElement }): () => void {
  const requests = new Requests<TableMethods>(model, { onSlow: (slow) => view.connection(slowness(slow)) });
  const view = tableView(el, model.get("table"), model.get("selected"), {
    rows: (params) => requests.ask("rows", params),
    columns: () => requests.ask("columns", {}),
    register: (run_id, name, alias) => requests.ask("register", { run_id, name, alias }),
    onSelect: (selected) => write(model, { selected }),
    onQuery: (query) => write(model, query),
  });
  const stops = [
    keepKeys(el),
    watch(model, "table", (table) => view.update(table)),
    watch(model, "selected", (selected) => view.select(selected)),
    onKernelGone(model, () => {
      requests.abandon(GONE);
      view.connection({ state: "offline", message: GONE });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    requests.dispose();
    view.dispose();
  };
}

export default { render };
