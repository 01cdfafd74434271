/** The runs of an experiment: the table, the list of experiments beside it, the curves of the runs in sight. */
import type { Role } from "../bridge/page";
import type { AskTable, ColumnSet, TableMethods, TableRow } from "../bridge/table";
import { recall, remember } from "../lib/memory";
import { type Place, pathOf, type TableSetting } from "../lib/pages";
import { asker, type Source } from "../stored/source";
import { drawTable } from "../stored/views";
import { h } from "../views/dom";
import { Charts } from "./charts";
import { experimentsList } from "./experiments";
import { EXPERIMENTS } from "./frame";
import type { Roles } from "./roles";
import type { Kept, Router } from "./router";
import type { Shown } from "./shown";

type TablePlace = Extract<Place, { view: "table" }>;

export async function tablePage(
  place: HTMLElement,
  source: Source,
  here: TablePlace,
  router: Router,
  roles: Roles,
  kept: Kept,
): Promise<Shown> {
  const { experiment_id } = here;
  const experiment_ids = experiment_id === null ? null : [experiment_id];
  const about = { experiment_ids, begin: here.setting };
  const side = h("nav", { class: "tb-page-experiments", "aria-label": "Experiments" });
  const middle = h("div", { class: "tb-page-runs" });
  const charts = new Charts(source);
  const page = h("div", { class: "tb-page-table-view" }, side, middle, charts.element);
  const put = asker(source, "table", { experiment_ids });
  const setting: TableSetting = { ...here.setting };
  const note = (change: TableSetting) => {
    Object.assign(setting, change);
    router.note({ ...here, setting }, "replace");
  };
  const sets = columnSets(experiment_id ?? "all");
  let title = "All runs";
  let columns: readonly string[] | null = here.setting.columns ?? null;
  const answer = async <K extends keyof TableMethods>(method: K, params: TableMethods[K]["params"]) => {
    if (method in sets) return sets[method as keyof typeof sets](params as never);
    const found = await put<TableMethods[K]["result"]>(method, params);
    if (method === "rows" && !("group" in params)) charts.rows((found as { rows: TableRow[] }).rows);
    return found;
  };
  const drawn = await drawTable(middle, source, about, {
    selected: kept.selected ?? [],
    ask: answer as AskTable,
    onQuery: (query) => {
      columns ??= query.columns;
      const own = query.columns === columns ? {} : { columns: query.columns };
      note({ filter: query.filter, order_by: query.order_by, ...own });
    },
    onSetting: ({ group_by }) => group_by !== undefined && note({ group_by }),
    onSelect: (selected) => {
      router.keep({ selected });
      charts.select(selected);
    },
    without: withheld(roles, experiment_id),
    compare: (run_ids) => router.go(pathOf({ view: "compare", run_ids })),
    onColumns: (found) => {
      columns = found;
    },
    onFirst: (table) => {
      columns ??= table.columns;
      charts.rows(table.rows);
      if (experiment_id !== null) title = table.title;
    },
  });
  place.append(page);
  charts.select(kept.selected ?? []);
  void experimentsList(side, experiment_id);
  return {
    view: "experiments",
    crumbs: [EXPERIMENTS, { text: title, path: null }],
    title,
    dispose() {
      drawn.dispose();
      charts.dispose();
    },
  };
}

/** What the table does not offer here: archives are written where files can be, and a reader changes nothing. */
function withheld(roles: Roles, experiment_id: string | null): (keyof TableMethods)[] {
  const may = (role: Role) => (experiment_id === null ? roles.mayEditSome(role) : roles.mayEdit(experiment_id, role));
  return [
    "export",
    ...(may("editor") ? [] : (["tag", "trash", "restore"] as const)),
    ...(may("manager") ? [] : (["move"] as const)),
    ...(roles.mayChange(null) ? [] : (["register"] as const)),
  ];
}

/** Column sets of this browser. */
function columnSets(experiment: string) {
  const name = `sets:${experiment}`;
  const all = (): ColumnSet[] => {
    try {
      return JSON.parse(recall(name) ?? "[]") as ColumnSet[];
    } catch {
      return [];
    }
  };
  const keep = (sets: ColumnSet[]) => remember(name, JSON.stringify(sets));
  return {
    sets: () => all(),
    save_set: (set: ColumnSet) => {
      keep([...all().filter((one) => one.name !== set.name), set]);
      return set;
    },
    delete_set: ({ name }: { name: string }) => {
      keep(all().filter((one) => one.name !== name));
      return null;
    },
  };
}
