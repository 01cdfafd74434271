/** The line below the rows: how many there are, how many are chosen, and what can be done with those. */
import type { Registered } from "../../bridge/methods";
import type { TableRow } from "../../bridge/payloads";
import { grouped, plural } from "../../lib/text";
import { button, h } from "../dom";
import { registeredPill, registerForm } from "../register";

export interface FootState {
  total: number;
  /** runs without the filter; null where that is not known */
  unfiltered: number | null;
  filtered: boolean;
  selected: number;
  /** the one run that is chosen, where its row is known */
  single: TableRow | undefined;
}

export interface FootHost {
  clear(): void;
  register: ((run_id: string, name: string, alias: string | null) => Promise<Registered>) | undefined;
}

export class Foot {
  private readonly count = h("span", { class: "tb-count", role: "status" });
  private readonly chosen = h("span", { class: "tb-chosen" });
  private readonly actions = h("span", { class: "tb-foot-actions" });
  private readonly place = h("div", { class: "tb-form-place" });
  readonly element = h(
    "div",
    { class: "tb-table-foot" },
    h("div", { class: "tb-foot-line" }, this.count, this.chosen, this.actions),
    this.place,
  );
  private drawn = "";

  constructor(private readonly host: FootHost) {}

  update(state: FootState): void {
    this.count.textContent = countText(state);
    const actions = `${state.selected} ${state.single?.run.run_id ?? ""}`;
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

  private offers({ selected, single }: FootState): HTMLElement[] {
    if (selected === 1 && single !== undefined && this.host.register !== undefined) {
      return [button("Register…", () => this.open(single), { class: "tb-button tb-opener" })];
    }
    return selected > 1
      ? [h("span", { class: "tb-muted" }, h("code", { class: "tb-mono" }, "%compare"), " shows them side by side")]
      : [];
  }

  private open(row: TableRow): void {
    const register = this.host.register;
    if (register === undefined) return;
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
        register: (name, alias) => register(row.run.run_id, name, alias),
        done: (registered) => {
          close();
          this.actions.prepend(registeredPill(registered));
        },
        cancel: close,
      }),
    );
  }
}

function countText({ total, unfiltered, filtered }: FootState): string {
  if (!filtered || unfiltered === total) return plural(total, "run");
  return unfiltered === null
    ? `${plural(total, "run")} of this filter`
    : `${grouped(total)} of ${plural(unfiltered, "run")}`;
}
