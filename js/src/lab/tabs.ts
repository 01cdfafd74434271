/** A run table and a comparison as tabs of their own, fed by the server extension. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { MainAreaWidget } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import { Widget } from "@lumino/widgets";
import { ofNotebook } from "../lib/labruns";
import { drawComparison, drawTable } from "../stored/views";
import { button, h } from "../views/dom";
import { keepKeys } from "../views/shortcuts";
import { messageOf } from "../views/view";
import { runsIcon } from "./icon";
import { read } from "./server";
import { sourceOf } from "./storedviews";

export interface Project {
  /** of a notebook, by which the server finds the store */
  path: string;
  experiment: { experiment_id: string; name: string } | null;
}

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

/** The runs of a notebook, whichever experiments they are of. */
export function openNotebookTable(app: JupyterFrontEnd, path: string, notebook: string): void {
  show(app, `trackbook-table-of-${notebook}`, `Runs: ${PathExt.basename(notebook)}`, async (place) => {
    const begin = { filter: ofNotebook(notebook) };
    const drawn = await drawTable(place, sourceOf(path), { experiment_ids: null, begin });
    return () => drawn.dispose();
  });
}

export function openTable(app: JupyterFrontEnd, { path, experiment }: Project): void {
  const experiment_ids = experiment === null ? null : [experiment.experiment_id];
  const label = experiment === null ? "All runs" : `Runs: ${experiment.name}`;
  show(app, `trackbook-table-${experiment?.experiment_id ?? "all"}`, label, async (place) => {
    const drawn = await drawTable(place, sourceOf(path), { experiment_ids });
    return () => drawn.dispose();
  });
}

export function openComparison(app: JupyterFrontEnd, path: string, run_ids: readonly string[]): void {
  const id = `trackbook-compare-${[...run_ids].sort().join("-").slice(0, 200)}`;
  show(app, id, `Compare ${run_ids.length} runs`, async (place) => {
    const drawn = await drawComparison(place, sourceOf(path), { run_ids });
    return () => drawn.dispose();
  });
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
