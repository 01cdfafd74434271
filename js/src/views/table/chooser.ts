/**
 * The column chooser: what there is in groups, with a search box; the columns chosen, and sets of them under names.
 */
import type { Column, ColumnSet } from "../../bridge/table";
import { type ColumnGroup, columnKey, columnTitle, GROUP_TITLES, groupColumns, parseColumn } from "../../lib/columns";
import { grouped, plural } from "../../lib/text";
import { button, h, icon, user } from "../dom";
import { messageOf } from "../view";
import { Popup } from "./popup";

/** Entries drawn of one group; the rest is found by searching. */
const SHOWN = 100;
/** More are not added at one stroke. */
const ADD_AT_MOST = 2000;

export interface ChooserHost {
  columns(): Promise<Column[]>;
  chosen(): readonly string[];
  choose(keys: string[]): void;
  sets(): Promise<ColumnSet[]>;
  saveSet(name: string): Promise<unknown>;
  deleteSet(name: string): Promise<unknown>;
  useSet(set: ColumnSet): void;
}

export class Chooser {
  private readonly popup = new Popup("tb-chooser", { role: "dialog", "aria-label": "Columns" });
  readonly panel = this.popup.element;
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
  private readonly sets = h("div", { class: "tb-sets" });
  private readonly list = h("div", { class: "tb-chooser-list", role: "group", "aria-label": "Columns there are" });
  private columns: Column[] = [];

  constructor(private readonly host: ChooserHost) {
    this.button.prepend(icon("columns"));
    this.panel.append(this.sets, this.search, this.list);
    this.search.addEventListener("input", () => this.draw());
  }

  close(): void {
    this.popup.close();
  }

  private toggle(): void {
    if (this.popup.open) {
      this.popup.close();
      return;
    }
    this.button.setAttribute("aria-expanded", "true");
    this.popup.show(this.button, this.button, () => this.button.setAttribute("aria-expanded", "false"));
    this.search.focus({ preventScroll: true });
    void this.load();
  }

  private async load(): Promise<void> {
    if (this.columns.length === 0) this.list.replaceChildren(h("div", { class: "tb-muted" }, "Loading…"));
    void this.loadSets();
    try {
      this.columns = await this.host.columns();
      this.draw();
    } catch (error) {
      this.list.replaceChildren(h("div", { class: "tb-wrap" }, messageOf(error)));
    }
  }

  private draw(): void {
    const groups = groupColumns(this.columns, this.search.value);
    const chosen = new Set(this.host.chosen().map(plainKey));
    const parts = groups.map((group) => this.group(group, chosen));
    this.list.replaceChildren(
      ...(this.search.value === "" ? [this.shown()] : []),
      ...(parts.length > 0 ? parts : [h("div", { class: "tb-muted" }, "No column of that name.")]),
    );
  }

  /** What is shown, in its order: from here a column is taken away or moved without looking for it. */
  private shown(): HTMLElement {
    const keys = this.host.chosen();
    const entry = (key: string, at: number) => {
      const title = columnTitle(parseColumn(key));
      const act = (label: string, sign: string, run: () => void, disabled = false) =>
        button(sign, run, { class: "tb-button tb-small", "aria-label": `${label} ${title}`, title: label, disabled });
      const move = (by: number) => () => {
        const next = keys.filter((_, i) => i !== at);
        this.choose(next.toSpliced(at + by, 0, key));
      };
      return h(
        "div",
        { class: "tb-chooser-entry tb-shown" },
        user(title),
        act("Move up", "↑", move(-1), at === 0),
        act("Move down", "↓", move(1), at === keys.length - 1),
        act("Hide", "×", () => this.choose(keys.filter((_, i) => i !== at))),
      );
    };
    const more = keys.length - SHOWN;
    return h(
      "fieldset",
      { class: "tb-chooser-group" },
      h(
        "legend",
        {},
        "Shown ",
        h("span", { class: "tb-aside" }, grouped(keys.length)),
        keys.length > 0 && button("Hide all", () => this.choose([]), { class: "tb-button tb-quiet" }),
      ),
      ...keys.slice(0, SHOWN).map(entry),
      more > 0 && h("div", { class: "tb-muted" }, plural(more, "more column", "more columns")),
    );
  }

  private group({ kind, columns }: ColumnGroup, chosen: ReadonlySet<string>): HTMLElement {
    const first = columns.slice(0, SHOWN);
    const more = columns.length - first.length;
    const lacking = columns.filter((column) => !chosen.has(column.key)).slice(0, ADD_AT_MOST);
    const add = () => this.choose([...this.host.chosen(), ...lacking.map(({ key }) => key)]);
    return h(
      "fieldset",
      { class: "tb-chooser-group" },
      h(
        "legend",
        {},
        `${GROUP_TITLES[kind]} `,
        h("span", { class: "tb-aside" }, grouped(columns.length)),
        lacking.length > 0 &&
          button("Show all", add, {
            class: "tb-button tb-quiet",
            "aria-label": `Show all ${GROUP_TITLES[kind].toLowerCase()}`,
          }),
      ),
      ...first.map((column) => this.entry(column, chosen.has(column.key))),
      more > 0 && h("div", { class: "tb-muted" }, `${plural(more, "more column", "more columns")}: search to see them`),
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
    const others = this.host.chosen().filter((key) => plainKey(key) !== column.key);
    this.host.choose(on ? [...others, column.key] : others);
    if (this.search.value === "") this.list.firstElementChild?.replaceWith(this.shown());
  }

  private choose(keys: string[]): void {
    this.host.choose(keys);
    this.draw();
  }

  // --- sets ----------------------------------------------------------------------------------------------------------

  private async loadSets(): Promise<void> {
    try {
      this.drawSets(await this.host.sets());
    } catch {
      this.sets.replaceChildren();
    }
  }

  private drawSets(found: readonly ColumnSet[]): void {
    const name = h("input", {
      class: "tb-input",
      type: "text",
      placeholder: "Save these columns as…",
      "aria-label": "Name of a column set",
      maxlength: 100,
    });
    const problem = h("div", { class: "tb-form-problem", role: "status" });
    const again = async (work: Promise<unknown>) => {
      try {
        await work;
        await this.loadSets();
      } catch (error) {
        problem.textContent = messageOf(error);
      }
    };
    const form = h(
      "form",
      {
        class: "tb-set-form",
        onsubmit: (event: Event) => {
          event.preventDefault();
          if (name.value.trim() !== "") void again(this.host.saveSet(name.value));
        },
      },
      name,
      h("button", { type: "submit", class: "tb-button" }, "Save"),
    );
    const pills = found.map((set) =>
      h(
        "span",
        { class: "tb-set" },
        button(
          set.name,
          () => {
            this.host.useSet(set);
            this.draw();
          },
          { class: "tb-button", title: `Show the ${plural(set.columns.length, "column")} of this set` },
        ),
        button("×", () => void again(this.host.deleteSet(set.name)), {
          class: "tb-button",
          "aria-label": `Delete the set ${set.name}`,
        }),
      ),
    );
    this.sets.replaceChildren(...(pills.length > 0 ? [h("div", { class: "tb-pills" }, ...pills)] : []), form, problem);
  }
}

/** The column that a metric's aggregates belong to, as the list has it. */
function plainKey(key: string): string {
  const { kind, label } = parseColumn(key);
  return columnKey(kind, label);
}
