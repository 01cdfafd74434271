/** The addresses of the web page: what is shown, to a path of this server and back.  Pure. */
import type { Order } from "../bridge/table";

/** How a table is set; what is not there is as the table begins. */
export interface TableSetting {
  filter?: string;
  order_by?: Order[];
  columns?: string[];
  group_by?: string[];
}

export type Place =
  | { view: "experiments" }
  /** of one experiment, of all where it is null */
  | { view: "table"; experiment_id: string | null; setting: TableSetting }
  | { view: "run"; run_id: string }
  | { view: "compare"; run_ids: string[] }
  /** the registry, or one model of it */
  | { view: "registry"; name: string | null }
  | { view: "nowhere" };

export function pathOf(place: Place): string {
  switch (place.view) {
    case "experiments":
    case "nowhere":
      return "/";
    case "table": {
      const path = place.experiment_id === null ? "/runs" : `/experiments/${encodeURIComponent(place.experiment_id)}`;
      const query = queryOf(place.setting).toString();
      return query === "" ? path : `${path}?${query}`;
    }
    case "run":
      return `/runs/${encodeURIComponent(place.run_id)}`;
    case "compare":
      return `/compare?runs=${place.run_ids.map(encodeURIComponent).join(",")}`;
    case "registry":
      return place.name === null ? "/models" : `/models/${encodeURIComponent(place.name)}`;
  }
}

/** `path` with its query and fragment; MLflow's own addresses (`/#/experiments/1/runs/…`) are understood, too. */
export function placeOf(path: string): Place {
  const [, before = "", query = "", fragment = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(path) ?? [];
  if (before === "/" && fragment.startsWith("#/")) return placeOfMlflow(fragment.slice(1));
  const [first = "", second = "", ...rest] = before.split("/").slice(1);
  const asked = new URLSearchParams(query);
  const id = decoded(second);
  if (first === "") return { view: "experiments" };
  if (first === "experiments" && id && rest.length === 0)
    return { view: "table", experiment_id: id, setting: settingOf(asked) };
  if (first === "runs" && second === "") return { view: "table", experiment_id: null, setting: settingOf(asked) };
  if (first === "runs" && id && rest.length === 0) return { view: "run", run_id: id };
  if (first === "compare") return { view: "compare", run_ids: (asked.get("runs") ?? "").split(",").filter(Boolean) };
  if (first === "models") return { view: "registry", name: decoded([second, ...rest].join("/")) || null };
  return { view: "nowhere" };
}

function placeOfMlflow(path: string): Place {
  const [, experiment, run] = /^\/experiments\/([^/?]+)(?:\/runs\/([^/?]+))?/.exec(path) ?? [];
  if (run !== undefined) return { view: "run", run_id: decoded(run) };
  if (experiment !== undefined) return { view: "table", experiment_id: decoded(experiment), setting: {} };
  const [, model] = /^\/models(?:\/([^/?]+))?/.exec(path) ?? [];
  if (path.startsWith("/models")) return { view: "registry", name: model === undefined ? null : decoded(model) };
  return { view: "experiments" };
}

function queryOf({ filter, order_by, columns, group_by }: TableSetting): URLSearchParams {
  const query = new URLSearchParams();
  if (filter) query.set("filter", filter);
  for (const { key, desc } of order_by ?? []) query.append("order", desc ? `-${key}` : key);
  for (const key of columns ?? []) query.append("column", key);
  for (const key of group_by ?? []) query.append("group", key);
  return query;
}

function settingOf(query: URLSearchParams): TableSetting {
  const setting: TableSetting = {};
  const [filter, order, columns, groups] = [
    query.get("filter"),
    query.getAll("order"),
    query.getAll("column"),
    query.getAll("group"),
  ];
  if (filter) setting.filter = filter;
  if (order.length > 0)
    setting.order_by = order.map((key) => ({ key: key.replace(/^-/, ""), desc: key.startsWith("-") }));
  if (columns.length > 0) setting.columns = columns;
  if (groups.length > 0) setting.group_by = groups;
  return setting;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
