/** The column chooser: a panel with a search box and the columns in groups, opened by a button. */
import type { Column } from "../../bridge/payloads";
import { columnKey, GROUP_TITLES, groupColumns } from "../../lib/columns";
import { grouped, plural } from "../../lib/text";
import { button, h, icon, uniqueId, user } from "../dom";
import { messageOf } from "../view";

/** Entries drawn of one group; the rest is found by searching. */
const SHOWN = 100;

export interface ChooserHost {
  columns(): Promise<Column[]>;
  chosen(): readonly string[];
  choose(keys: string[]): void;
}

export class Chooser {
  private readonly panelId = uniqueId("columns");
  readonly button = button("Columns", () => this.toggle(), {
    class: "tb-button",
    "aria-expanded": "false",
    "aria-haspopup": "dialog",
  });
  private readonly search = h("input", {
    class: "tb-input",
    type: "search",
    placeholder: "Search columns",
    "aria-label": "Search columns",
    autocomplete: "off",
    spellcheck: "false",
  });
  private readonly list = h("div", { class: "tb-chooser-list" });
  readonly panel = h(
    "div",
    { class: "tb-chooser", id: this.panelId, role: "dialog", "aria-label": "Columns", tabindex: -1, hidden: true },
    this.search,
    this.list,
  );
  private columns: Column[] = [];

  constructor(private readonly host: ChooserHost) {
    this.button.prepend(icon("columns"));
    this.search.addEventListener("input", () => this.draw());
    this.panel.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") this.close(true);
    });
    this.panel.addEventListener("focusout", (event) => {
      const next = event.relatedTarget;
      if (next instanceof Node && (this.panel.contains(next) || this.button.contains(next))) return;
      if (next !== null || !this.panel.matches(":hover")) this.close(false);
    });
  }

  private get open(): boolean {
    return !this.panel.hidden;
  }

  private toggle(): void {
    if (this.open) {
      this.close(true);
      return;
    }
    this.panel.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.search.focus();
    void this.load();
  }

  private close(refocus: boolean): void {
    if (!this.open) return;
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (refocus) this.button.focus();
  }

  private async load(): Promise<void> {
    if (this.columns.length === 0) this.list.replaceChildren(h("div", { class: "tb-muted" }, "Loading…"));
    try {
      this.columns = await this.host.columns();
      this.draw();
    } catch (error) {
      this.list.replaceChildren(h("div", { class: "tb-wrap" }, messageOf(error)));
    }
  }

  private draw(): void {
    const groups = groupColumns(this.columns, this.search.value);
    const chosen = new Set(this.host.chosen());
    const parts = groups.map(({ kind, columns }) => {
      const first = columns.slice(0, SHOWN);
      const more = columns.length - first.length;
      return h(
        "fieldset",
        { class: "tb-chooser-group" },
        h("legend", {}, `${GROUP_TITLES[kind]} `, h("span", { class: "tb-aside" }, grouped(columns.length))),
        ...first.map((column) =>
          this.entry(column, chosen.has(column.key) || chosen.has(columnKey(column.kind, column.label))),
        ),
        more > 0 &&
          h("div", { class: "tb-muted" }, `${plural(more, "more column", "more columns")}: search to see them`),
      );
    });
    this.list.replaceChildren(
      ...(parts.length > 0 ? parts : [h("div", { class: "tb-muted" }, "No column of that name.")]),
    );
  }

  private entry(column: Column, on: boolean): HTMLElement {
    const box = h("input", { type: "checkbox", checked: on, onchange: () => this.pick(column, box.checked) });
    return h(
      "label",
      { class: "tb-chooser-entry" },
      box,
      user(column.label),
      h(
        "span",
        { class: "tb-muted tb-num", title: plural(column.runs, "run has it", "runs have it") },
        grouped(column.runs),
      ),
    );
  }

  private pick(column: Column, on: boolean): void {
    const others = this.host
      .chosen()
      .filter((key) => key !== column.key && key !== columnKey(column.kind, column.label));
    this.host.choose(on ? [...others, column.key] : others);
  }
}
