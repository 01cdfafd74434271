/** The run table as an anywidget. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/table.css";
import type { Model } from "../bridge/model";
import { listen, watch, write } from "../bridge/model";
import { Requests } from "../bridge/requests";
import type { RowsChanged, TableMethods, TableTraits } from "../bridge/table";
import type { SavedLooks } from "../lib/runcolours";
import { tableView } from "../views/table/index";
import { elsewhere, mounted, slowness, watched } from "./connection";
import { showWidget } from "./manager";

function render(place: { model: Model<TableTraits>; el: HTMLElement }): () => void {
  const { model, el } = place;
  const requests = new Requests<TableMethods>(model, {
    ...elsewhere(place),
    onSlow: (slow) => view.connection(slowness(slow)),
  });
  const setting = { group_by: model.get("group_by") ?? [], baseline: model.get("baseline") ?? "" };
  const looks = (model.get("looks") ?? {}) as Partial<SavedLooks>;
  const view = tableView(el, model.get("table"), model.get("selected"), setting, looks, {
    ask: (method, params) => requests.ask(method, params),
    onSelect: (selected) => write(model, { selected }),
    onQuery: (query) => write(model, query),
    onSetting: (change) => write(model, change),
    showWidget: (model_id, place) => showWidget(model, model_id, place),
    onLooks: (saved) => write(model, { looks: { ...saved } }),
  });
  // The state is that of the time when the table was made: another view, or this one before a reload, may be set otherwise.
  view.query({ columns: model.get("columns"), filter: model.get("filter"), order_by: model.get("order_by") });
  return mounted(
    place,
    { requests, view },
    watched(requests),
    watch(model, "table", (table) => view.update(table)),
    watch(model, "selected", (selected) => view.select(selected)),
    watch(model, "filter", (filter) => view.query({ filter })),
    watch(model, "order_by", (order_by) => view.query({ order_by })),
    watch(model, "columns", (columns) => view.query({ columns })),
    watch(model, "group_by", (group_by) => view.setting({ group_by })),
    watch(model, "baseline", (baseline) => view.setting({ baseline })),
    listen(model, "msg:custom", (message: unknown) => {
      if ((message as RowsChanged | null)?.kind === "rows") view.push(message as RowsChanged);
    }),
  );
}

export default { render };
