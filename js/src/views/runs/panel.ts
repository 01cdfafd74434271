/**
 * The runs of a notebook or of its experiment, as a list that is kept fresh without losing scroll, focus or selection:
 * rows are known by their run and only redrawn where they differ.  Arrows move, Enter jumps to the cell, Space selects.
 */
import type { LabRun, LabRuns } from "../../bridge/lab";
import { matches } from "../../lib/labruns";
import { formatNumber, fullNumber } from "../../lib/number";
import { toggle } from "../../lib/selection";
import { grouped, oneLine, plural } from "../../lib/text";
import { Clock } from "../clock";
import { button, h, uniqueId, user } from "../dom";
import { Notice } from "../notice";
import { statusBadge } from "../status";
import type { View } from "../view";

export type Scope = "notebook" | "experiment";

export interface PanelState {
  /** null: nothing has come yet */
  runs: LabRuns | null;
  scope: Scope;
  /** of the notebook; null where none is open */
  notebook: string | null;
  experiment: string | null;
  /** why nothing newer is shown, and what to do */
  problem: string | null;
}

export interface PanelHost {
  onScope(scope: Scope): void;
  /** the cell of a run; false where the open notebook has it not */
  jump(run: LabRun): boolean;
  openTable(): void;
  compare(run_ids: string[]): void;
  onSelect(run_ids: string[]): void;
}

interface Row {
  element: HTMLElement;
  text: string;
}

export class RunsPanel implements View<PanelState> {
  readonly element: HTMLElement;
  private selected: string[] = [];
  private active = "";
  private readonly rows = new Map<string, Row>();
  private readonly notice = new Notice();
  private readonly clock: Clock;
  private readonly id = uniqueId("runs");
  private readonly scopes: Record<Scope, HTMLButtonElement>;
  private readonly input = h("input", {
    class: "tb-input tb-runs-filter",
    type: "search",
    placeholder: "Filter runs",
    "aria-label": "Filter runs",
    title: "Words of a name, cell, status, metric or experiment",
    spellcheck: "false",
  });
  private readonly list = h("ul", {
    class: "tb-runs-list tb-plain",
    role: "listbox",
    tabindex: 0,
    "aria-multiselectable": "true",
    "aria-label": "Runs",
  });
  private readonly empty = h("div", { class: "tb-empty" });
  private readonly count = h("span", { class: "tb-aside", role: "status" });
  private readonly compare = button("Compare", () => this.host.compare(this.selected), { hidden: true });
  private readonly table = button("Open table", () => this.host.openTable(), {
    title: "All runs of the experiment as a table, in a tab",
  });

  constructor(
    root: HTMLElement,
    private state: PanelState,
    private readonly host: PanelHost,
    now: () => number = Date.now,
  ) {
    this.clock = new Clock(now);
    this.scopes = { notebook: this.scope("notebook"), experiment: this.scope("experiment") };
    this.element = h(
      "div",
      { class: "tb-runs" },
      h(
        "div",
        { class: "tb-runs-head" },
        h(
          "div",
          { class: "tb-segments", role: "group", "aria-label": "Whose runs" },
          this.scopes.notebook,
          this.scopes.experiment,
        ),
        this.input,
      ),
      this.notice.element,
      this.list,
      this.empty,
      h("div", { class: "tb-runs-foot" }, this.count, this.compare, this.table),
    );
    this.input.addEventListener("input", () => this.draw());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        this.list.focus();
      } else if (event.key === "Escape" && this.input.value !== "") {
        event.stopPropagation();
        this.input.value = "";
        this.draw();
      }
    });
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    root.classList.add("tb-root");
    root.append(this.element);
    this.update(state);
  }

  update(state: PanelState): void {
    if (state.scope !== this.state.scope || state.notebook !== this.state.notebook) this.list.scrollTop = 0;
    this.state = state;
    const known = new Set(state.runs?.runs.map((one) => one.run.run_id));
    const kept = this.selected.filter((run_id) => known.has(run_id));
    if (state.runs !== null && kept.length < this.selected.length) this.select(kept);
    if (state.problem === null) this.notice.clear();
    else this.notice.connection({ state: "offline", message: state.problem });
    this.draw();
  }

  get chosen(): readonly string[] {
    return this.selected;
  }

  focusFilter(): void {
    this.input.focus();
  }

  dispose(): void {
    this.clock.dispose();
    this.element.remove();
  }

  private scope(scope: Scope): HTMLButtonElement {
    return h("button", { type: "button", class: "tb-segment", onclick: () => this.host.onScope(scope) });
  }

  private get shown(): LabRun[] {
    return this.state.runs?.runs.filter((one) => matches(one, this.input.value)) ?? [];
  }

  private draw(): void {
    const { runs, scope, experiment, notebook } = this.state;
    this.drawScopes(scope, experiment);
    const shown = this.shown;
    const wanted = new Set(shown.map((one) => one.run.run_id));
    for (const [run_id, row] of this.rows) {
      if (wanted.has(run_id)) continue;
      row.element.remove();
      this.rows.delete(run_id);
    }
    let before = this.list.firstElementChild;
    for (const one of shown) {
      const { element } = this.row(one);
      if (element === before) before = before.nextElementSibling;
      else this.list.insertBefore(element, before);
    }
    this.list.hidden = shown.length === 0;
    this.empty.hidden = shown.length > 0;
    this.empty.replaceChildren(...this.emptyText(notebook, runs));
    const total = runs?.total ?? 0;
    const read = runs?.runs.length ?? 0;
    const some =
      shown.length < read ? `${grouped(shown.length)} of ` : total > read ? `newest ${grouped(read)} of ` : "";
    this.count.textContent = runs === null ? "" : `${some}${plural(total, "run")}`;
    this.table.disabled = runs === null || total === 0;
    this.drawSelection();
  }

  private drawScopes(scope: Scope, experiment: string | null): void {
    this.scopes.notebook.textContent = "Notebook";
    this.scopes.experiment.replaceChildren(user(experiment ?? "Experiment"));
    this.scopes.experiment.disabled = experiment === null;
    for (const one of ["notebook", "experiment"] as const) {
      this.scopes[one].setAttribute("aria-pressed", String(one === scope));
    }
  }

  private emptyText(notebook: string | null, runs: LabRuns | null): (Node | string)[] {
    if (notebook === null) return ["Open a notebook to see its runs."];
    if (this.state.problem !== null && runs === null) return [];
    if (runs === null) return ["Loading runs…"];
    if (runs.runs.length > 0) return ["No run matches the filter."];
    const code = (text: string) => h("code", {}, text);
    return ["No runs yet. Put ", code("%%track"), " on top of a cell, after ", code("%load_ext trackbook"), "."];
  }

  private row(one: LabRun): Row {
    const { run_id } = one.run;
    const text = JSON.stringify(one);
    const known = this.rows.get(run_id);
    if (known?.text === text) return known;
    const element = known?.element ?? this.newRow(run_id);
    element.replaceChildren(...this.content(one));
    const row = { element, text };
    this.rows.set(run_id, row);
    return row;
  }

  private newRow(run_id: string): HTMLElement {
    const element = h("li", { class: "tb-runs-row", role: "option", id: `${this.id}-${run_id}`, "data-run": run_id });
    element.addEventListener("click", (event) => {
      this.activate(run_id);
      const inBox = event.target instanceof Element && event.target.closest(".tb-runs-box") !== null;
      if (inBox || event.ctrlKey || event.metaKey) this.select(toggle(this.selected, run_id));
      else this.jump();
    });
    return element;
  }

  private content({ run, cell, metric, error }: LabRun): HTMLElement[] {
    const place = cell === null ? "no cell" : `${oneLine(cell.label)} v${cell.version}`;
    const value =
      metric && h("span", { class: "tb-runs-value", title: fullNumber(metric.value) }, formatNumber(metric.value));
    return [
      h("span", { class: "tb-runs-box", "aria-hidden": "true", title: "Select (Space)" }),
      h("span", { class: "tb-runs-first" }, statusBadge(run.status), user(run.name, "tb-runs-name"), value),
      h(
        "span",
        { class: "tb-runs-second" },
        h("span", { class: "tb-runs-cell" }, user(place)),
        this.clock.since(run.start_ms),
        h("span", { class: error ? "tb-runs-error" : "tb-runs-key" }, error ? user(error) : metric && user(metric.key)),
      ),
    ];
  }

  private onKey(event: KeyboardEvent): void {
    const ids = this.shown.map((one) => one.run.run_id);
    if (ids.length === 0) return;
    const at = ids.indexOf(this.active);
    const places: Record<string, number> = {
      ArrowDown: Math.min(ids.length - 1, at + 1),
      ArrowUp: Math.max(0, at - 1),
      Home: 0,
      End: ids.length - 1,
    };
    const place = places[event.key];
    if (place !== undefined) this.activate(ids[place] as string);
    else if (event.key === " " && at >= 0) this.select(toggle(this.selected, this.active));
    else if (event.key === "Enter" && at >= 0) this.jump();
    else if (event.key === "Escape" && this.selected.length > 0) this.select([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private activate(run_id: string): void {
    this.active = run_id;
    this.drawSelection();
    this.rows.get(run_id)?.element.scrollIntoView?.({ block: "nearest" });
  }

  private jump(): void {
    const found = this.state.runs?.runs.find((one) => one.run.run_id === this.active);
    if (found !== undefined && !this.host.jump(found)) {
      this.count.textContent = found.cell === null ? "No cell made this run." : "Its cell is in no open notebook.";
    }
  }

  private select(run_ids: string[]): void {
    this.selected = run_ids;
    this.drawSelection();
    this.host.onSelect(run_ids);
  }

  private drawSelection(): void {
    for (const [run_id, { element }] of this.rows) {
      element.setAttribute("aria-selected", String(this.selected.includes(run_id)));
      element.toggleAttribute("data-active", run_id === this.active);
    }
    if (this.rows.has(this.active)) this.list.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
    else this.list.removeAttribute("aria-activedescendant");
    const count = this.selected.length;
    this.compare.hidden = count === 0;
    this.compare.disabled = count < 2 || count > 20;
    this.compare.textContent = count < 2 ? "Compare" : `Compare ${count}`;
  }
}
