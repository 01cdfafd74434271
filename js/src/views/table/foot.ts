/** The line below the rows: how many there are, how many are chosen, and what can be done with those. */
import type { Registered } from "../../bridge/methods";
import type { Done, ExperimentName, TableMethods, TableRow, Which } from "../../bridge/table";
import { grouped, plural } from "../../lib/text";
import { button, h, uniqueId } from "../dom";
import { field, registeredPill, registerForm } from "../register";
import { messageOf } from "../view";

/** From so many runs on, an action asks once more. */
const ASK_FROM = 100;

export interface FootState {
  total: number;
  /** runs without the filter; null where that is not known */
  unfiltered: number | null;
  filtered: boolean;
  /** groups that are shown, null where runs are */
  groups: number | null;
  view: Which;
  selected: number;
  /** the one run that is chosen, where its row is known */
  single: TableRow | undefined;
}

export interface FootHost {
  /** whether something is offered at all */
  has(method: keyof TableMethods): boolean;
  clear(): void;
  register(run_id: string, name: string, alias: string | null): Promise<Registered>;
  compare(): void;
  tag(key: string, value: string): Promise<Done>;
  move(experiment: string): Promise<Done>;
  experiments(): Promise<ExperimentName[]>;
  trash(): Promise<Done>;
  restore(): Promise<Done>;
  exportRuns(): Promise<Done>;
  undo(token: string): Promise<Done>;
  /** something was done to runs */
  done(): void;
}

/** What a button does, and the button. */
type Offer = [keyof TableMethods, HTMLElement];

export class Foot {
  private readonly count = h("span", { class: "tb-count", role: "status" });
  private readonly chosen = h("span", { class: "tb-chosen" });
  private readonly actions = h("span", {
    class: "tb-foot-actions",
    role: "group",
    "aria-label": "With the selected runs",
  });
  private readonly said = h("div", { class: "tb-said", role: "status" });
  private readonly place = h("div", { class: "tb-form-place" });
  readonly element = h(
    "div",
    { class: "tb-table-foot" },
    h("div", { class: "tb-foot-line" }, this.count, this.chosen, this.actions),
    this.said,
    this.place,
  );
  private drawn = "";
  private state: FootState | undefined;

  constructor(private readonly host: FootHost) {}

  update(state: FootState): void {
    this.state = state;
    this.count.textContent = countText(state);
    const actions = `${state.selected} ${state.single?.run.run_id ?? ""} ${state.view}`;
    if (actions === this.drawn) return;
    this.drawn = actions;
    this.place.replaceChildren();
    this.chosen.replaceChildren(
      ...(state.selected === 0
        ? []
        : [
            `${grouped(state.selected)} selected`,
            button("Clear", () => this.host.clear(), { class: "tb-button tb-quiet" }),
          ]),
    );
    this.actions.replaceChildren(...this.offers(state));
  }

  /** Does something, and says what was done, with the way back. */
  async act(work: () => Promise<Done>): Promise<void> {
    this.said.replaceChildren(h("span", { class: "tb-spinner", "aria-hidden": "true" }), "Working…");
    try {
      const { said, undo } = await work();
      const back = undo === null ? null : button("Undo", () => void this.act(() => this.host.undo(undo)));
      const dismiss = button("Dismiss", () => this.said.replaceChildren(), { class: "tb-button tb-quiet" });
      this.said.replaceChildren(h("span", { class: "tb-wrap" }, `${said}.`), ...(back ? [back] : []), dismiss);
      this.host.done();
    } catch (error) {
      this.said.replaceChildren(h("span", { class: "tb-wrap tb-problem" }, messageOf(error)));
    }
  }

  /** To the trash, by a key as well as by the button. */
  trash(): void {
    if (this.state === undefined || this.state.selected === 0 || !this.host.has("trash")) return;
    this.confirm("Move to the trash", this.state.selected, () => this.host.trash());
  }

  say(text: string): void {
    this.said.replaceChildren(h("span", { class: "tb-wrap" }, text));
  }

  problem(text: string): void {
    this.said.replaceChildren(h("span", { class: "tb-wrap tb-problem" }, text));
  }

  /** A text for the user to copy, where the page may not write to the clipboard. */
  offer(text: string): void {
    const area = h("textarea", { class: "tb-input tb-text", rows: 8, readonly: true, "aria-label": "Text to copy" });
    area.value = text;
    this.place.replaceChildren(
      area,
      button("Close", () => this.place.replaceChildren()),
    );
    area.select();
  }

  private offers({ selected, single, view }: FootState): HTMLElement[] {
    if (selected === 0) return [];
    const opens = (label: string, open: (opener: HTMLElement) => void) => {
      const opener: HTMLElement = button(label, () => open(opener), { class: "tb-button tb-opener" });
      return opener;
    };
    const restore = button("Restore", () => void this.act(() => this.host.restore()));
    const compare = button("Compare", () => this.host.compare(), { class: "tb-button tb-primary" });
    const all: (Offer | null)[] =
      view === "trash"
        ? [
            ["restore", restore],
            ["export", this.exporter()],
          ]
        : [
            selected > 1 && selected <= 20 ? ["compare", compare] : null,
            single ? ["register", opens("Register…", () => this.register(single))] : null,
            ["tag", opens("Tag…", (opener) => this.tagForm(opener))],
            ["move", opens("Move…", (opener) => void this.moveForm(opener))],
            ["export", this.exporter()],
            ["trash", button("Trash", () => this.trash())],
          ];
    return all.filter((one) => one !== null && this.host.has(one[0])).map((one) => (one as Offer)[1]);
  }

  private exporter(): HTMLElement {
    return button("Export", () => void this.act(() => this.host.exportRuns()), {
      title: "Write the runs, with history and files, into an archive",
    });
  }

  private confirm(label: string, count: number, work: () => Promise<Done>): void {
    if (count < ASK_FROM) {
      void this.act(work);
      return;
    }
    const yes = button(
      `${label}: ${plural(count, "run")}`,
      () => {
        this.place.replaceChildren();
        void this.act(work);
      },
      { class: "tb-button tb-primary" },
    );
    const no = button("Cancel", () => this.place.replaceChildren());
    this.place.replaceChildren(h("div", { class: "tb-form", role: "group", "aria-label": label }, yes, no));
    yes.focus();
  }

  private tagForm(opener: HTMLElement): void {
    const [key, value] = [field("Tag", { required: true, maxlength: 250 }), field("Value", { maxlength: 5000 })];
    this.form("Tag the selected runs", opener, [key.element, value.element], "Set tag", () =>
      this.host.tag(key.input.value, value.input.value),
    );
  }

  private async moveForm(opener: HTMLElement): Promise<void> {
    const list = h("datalist", { id: uniqueId("experiments") });
    const name = field("Experiment", { required: true, list: list.id, maxlength: 500 });
    this.form("Move the selected runs", opener, [name.element, list], "Move", () => this.host.move(name.input.value));
    const found = await this.host.experiments().catch(() => []);
    list.replaceChildren(...found.map((one) => h("option", { value: one.name })));
  }

  private form(
    label: string,
    opener: HTMLElement,
    fields: HTMLElement[],
    word: string,
    work: () => Promise<Done>,
  ): void {
    const close = () => {
      this.place.replaceChildren();
      opener.focus();
    };
    const form = h(
      "form",
      {
        class: "tb-form",
        "aria-label": label,
        onkeydown: (event: KeyboardEvent) => {
          event.stopPropagation();
          if (event.key === "Escape") close();
        },
        onsubmit: (event: Event) => {
          event.preventDefault();
          close();
          void this.act(work);
        },
      },
      ...fields,
      h(
        "div",
        { class: "tb-form-actions" },
        h("button", { type: "submit", class: "tb-button tb-primary" }, word),
        button("Cancel", close),
      ),
    );
    this.place.replaceChildren(form);
    form.querySelector("input")?.focus();
  }

  private register(row: TableRow): void {
    const opener = this.actions.querySelector("button");
    const close = () => {
      this.place.replaceChildren();
      if (opener) opener.hidden = false;
      opener?.focus();
    };
    if (opener) opener.hidden = true;
    this.place.replaceChildren(
      registerForm({
        experiment: row.run.experiment,
        register: (name, alias) => this.host.register(row.run.run_id, name, alias),
        done: (registered) => {
          close();
          this.actions.prepend(registeredPill(registered));
        },
        cancel: close,
      }),
    );
  }
}

function countText({ total, unfiltered, filtered, view, groups }: FootState): string {
  const where = view === "trash" ? " in the trash" : "";
  const runs =
    !filtered || unfiltered === total
      ? plural(total, "run")
      : unfiltered === null
        ? `${plural(total, "run")} of this filter`
        : `${grouped(total)} of ${plural(unfiltered, "run")}`;
  return `${groups === null ? "" : `${plural(groups, "group")} of `}${runs}${where}`;
}
