/** A run table and a comparison as tabs of their own, fed by the server extension. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { MainAreaWidget } from "@jupyterlab/apputils";
import { Widget } from "@lumino/widgets";
import type { CompareState } from "../bridge/compare";
import type { LabTable } from "../bridge/lab";
import type { CompareMethods } from "../bridge/methods";
import type { AskTable, RowsParams, RowsResult } from "../bridge/table";
import { compareView } from "../views/compare/index";
import { button, h } from "../views/dom";
import { keepKeys } from "../views/shortcuts";
import { tableView } from "../views/table/index";
import { messageOf } from "../views/view";
import { runsIcon } from "./icon";
import { ask, read } from "./server";
import { options } from "./settings";

export interface Project {
  /** of a notebook, by which the server finds the store */
  path: string;
  experiment: { experiment_id: string; name: string } | null;
}

const EVERYTHING: RowsParams = { filter: "", order_by: [], view: "active", offset: 0, limit: 1, columns: [] };

/** Notebook 7 has room for one widget in its main area, which is the notebook. */
function areaOf(app: JupyterFrontEnd): string {
  return app.name === "JupyterLab" ? "main" : "down";
}

class Content extends Widget {
  constructor(private readonly begin: (place: HTMLElement) => Promise<() => void>) {
    super();
    this.addClass("tb-tab");
    keepKeys(this.node);
    void this.load();
  }

  private end: () => void = () => {};

  private async load(): Promise<void> {
    this.node.replaceChildren(h("div", { class: "tb-root tb-tab-note", role: "status" }, "Loading…"));
    try {
      const place = h("div");
      const end = await this.begin(place);
      if (this.isDisposed) end();
      else {
        this.end = end;
        this.node.replaceChildren(place);
      }
    } catch (error) {
      const again = button("Try again", () => void this.load());
      this.node.replaceChildren(
        h("div", { class: "tb-root tb-tab-note", role: "alert" }, messageOf(error), " ", again),
      );
    }
  }

  override dispose(): void {
    this.end();
    super.dispose();
  }
}

function show(
  app: JupyterFrontEnd,
  id: string,
  label: string,
  begin: (place: HTMLElement) => Promise<() => void>,
): void {
  for (const widget of app.shell.widgets(areaOf(app))) {
    if (widget.id !== id) continue;
    app.shell.activateById(id);
    return;
  }
  const tab = new MainAreaWidget({ content: new Content(begin) });
  tab.id = id;
  tab.title.label = label;
  tab.title.icon = runsIcon;
  tab.title.closable = true;
  tab.toolbar.hide();
  app.shell.add(tab, areaOf(app));
  app.shell.activateById(id);
}

export function openTable(app: JupyterFrontEnd, { path, experiment }: Project): void {
  const experiment_id = experiment?.experiment_id ?? null;
  const label = experiment === null ? "All runs" : `Runs: ${experiment.name}`;
  show(app, `trackbook-table-${experiment_id ?? "all"}`, label, async (place) => {
    const put = (method: string, params: object) => ask("table", { path }, { experiment_id, method, params });
    const { table, baseline } = (await put("state", {})) as LabTable;
    let inSight: RowsParams = { ...EVERYTHING, columns: table.columns, limit: table.rows.length };
    const answer = async (method: string, params: object) => {
      // A comparison needs no widget of a kernel's: its runs are what it is known by.
      if (method === "compare") return JSON.stringify((params as { run_ids: string[] }).run_ids);
      if (method === "rows" && !("group" in params)) inSight = params as RowsParams;
      return put(method, params);
    };
    let endComparison = () => {};
    const view = tableView(
      place,
      table,
      [],
      { group_by: [], baseline },
      {},
      {
        ask: answer as AskTable,
        onSelect: () => {},
        onQuery: () => {},
        onSetting: () => {},
        onLooks: () => {},
        showWidget: async (run_ids, inside) => {
          endComparison();
          endComparison = await drawComparison(inside, path, JSON.parse(run_ids));
          return true;
        },
      },
    );
    const query = { path, ...(experiment_id === null ? {} : { experiment: experiment_id }) };
    let known = (await read("runs", query).catch(() => null))?.etag ?? null;
    // Only what was asked for last is read again, where the store has changed: scroll, order and selection stay.
    const look = async () => {
      const { value, etag } = await read("runs", query, known);
      known = etag;
      if (value === null) return;
      const asked = inSight;
      const { total, rows } = (await put("rows", asked)) as RowsResult;
      const unfiltered = asked.filter === "" ? total : ((await put("rows", EVERYTHING)) as RowsResult).total;
      view.push({ kind: "rows", ...asked, total, unfiltered, rows });
    };
    const refreshing = setInterval(() => {
      if (document.visibilityState === "visible" && place.offsetParent !== null) void look().catch(() => {});
    }, options.refreshSeconds * 1000);
    return () => {
      clearInterval(refreshing);
      endComparison();
      view.dispose();
    };
  });
}

export function openComparison(app: JupyterFrontEnd, path: string, run_ids: readonly string[]): void {
  const id = `trackbook-compare-${[...run_ids].sort().join("-").slice(0, 200)}`;
  show(app, id, `Compare ${run_ids.length} runs`, (place) => drawComparison(place, path, run_ids));
}

async function drawComparison(place: HTMLElement, path: string, run_ids: readonly string[]): Promise<() => void> {
  const put = <K extends keyof CompareMethods>(method: K, params: CompareMethods[K]["params"]) =>
    ask<CompareMethods[K]["result"]>("compare", { path }, { run_ids, method, params });
  const state: CompareState = await put("state", {});
  const view = compareView(place, state, {
    onlyDifferences: true,
    baseline: (baseline) => put("state", { baseline }),
    diff: (what) => put("diff", { what }),
    curves: (params) => put("curves", params),
    image: (run_id, path) => put("image", { run_id, path }),
  });
  return () => view.dispose();
}

/** The program of a run as text: the executed cells that it depends on. */
export function openProgram(
  app: JupyterFrontEnd,
  path: string,
  { run_id, name }: { run_id: string; name: string },
): void {
  show(app, `trackbook-program-${run_id}`, `Program: ${name}`, async (place) => {
    const found = (await read<{ text: string }>(`cards/${run_id}/program`, { path })).value;
    place.classList.add("tb-root");
    place.append(
      h("pre", { class: "tb-program-text", tabindex: 0, "aria-label": `Program of ${name}` }, found?.text ?? ""),
    );
    return () => place.remove();
  });
}
