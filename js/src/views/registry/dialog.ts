/**
 * Every change of the registry passes through this dialog: it asks for what is missing and for a reason, shows what will
 * change as Python tells it, and does it on top of just that state.  Where another client was quicker nothing is done, and
 * what would change now is shown.
 */
import type { Change, Changed, Plan } from "../../bridge/registry";
import { RequestFailed } from "../../bridge/requests";
import { button, h, uniqueId } from "../dom";
import { messageOf } from "../view";
import { effectElement } from "./effects";
import type { RegistryHost } from "./host";

const PLAN_MS = 200;

export interface Field {
  element: HTMLElement;
  /** what the user has given so far */
  values(): Record<string, string | boolean | null>;
}

export interface Asked {
  title: string;
  /** what is known beforehand */
  change: Change;
  fields: Field[];
  submit: string;
  danger?: boolean;
}

export class ChangeDialog {
  readonly element = h("dialog", { class: "tb-dialog", onclose: () => this.closed() });
  private asked: Asked | null = null;
  private plan: Plan | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private round = 0;
  private readonly told = h("div", { class: "tb-plan", role: "status" });
  private readonly problem = h("div", { class: "tb-form-problem", role: "alert" });
  private readonly submit = h("button", { type: "submit", class: "tb-button tb-primary" });
  private readonly reason = h("textarea", {
    class: "tb-input tb-reason",
    id: uniqueId("reason"),
    rows: 2,
    maxlength: 2000,
    placeholder: "Why? Kept in the audit trail",
  });

  constructor(
    private readonly host: RegistryHost,
    /** the model that is open, for the state that comes back */
    private readonly openModel: () => string | null,
    private readonly onDone: (changed: Changed, change: Change) => void,
    private readonly onClosed: () => void,
  ) {
    this.element.addEventListener("keydown", (event) => this.onKey(event));
  }

  show(asked: Asked): void {
    this.asked = asked;
    this.plan = null;
    this.reason.value = "";
    this.problem.textContent = "";
    this.submit.textContent = asked.submit;
    this.submit.classList.toggle("tb-danger", asked.danger ?? false);
    const title = h("h2", { class: "tb-dialog-title", id: uniqueId("title") }, asked.title);
    this.element.setAttribute("aria-labelledby", title.id);
    const form = h(
      "form",
      {
        class: "tb-dialog-form",
        onsubmit: (event: Event) => {
          event.preventDefault();
          void this.send();
        },
        oninput: (event: Event) => {
          if (event.target !== this.reason) this.later(); // why it is done changes nothing of what is done
        },
      },
      title,
      ...asked.fields.map((field) => field.element),
      h("div", { class: "tb-plan-title" }, "What will change"),
      this.told,
      h("div", { class: "tb-field tb-wide" }, h("label", { for: this.reason.id }, "Reason"), this.reason),
      this.problem,
      h(
        "div",
        { class: "tb-form-actions" },
        button("Cancel", () => this.close()),
        this.submit,
      ),
    );
    this.element.replaceChildren(form);
    this.waiting();
    if (!this.element.open) this.element.showModal();
    const first = asked.fields[0]?.element.querySelector<HTMLElement>("input, select, textarea") ?? this.reason;
    first.focus();
    void this.tell();
  }

  close(): void {
    if (this.element.open) this.element.close();
  }

  /** What is stored has changed under it. */
  refresh(): void {
    if (this.asked !== null) void this.tell(true);
  }

  private closed(): void {
    if (this.asked === null) return;
    this.asked = null;
    clearTimeout(this.timer);
    this.round += 1;
    this.onClosed();
  }

  private change(): Change | null {
    return (
      this.asked && { ...this.asked.change, ...Object.assign({}, ...this.asked.fields.map((one) => one.values())) }
    );
  }

  private later(): void {
    clearTimeout(this.timer);
    this.submit.disabled = true;
    this.timer = setTimeout(() => void this.tell(), PLAN_MS);
  }

  private waiting(): void {
    this.submit.disabled = true;
    this.told.replaceChildren(h("span", { class: "tb-hint" }, "Looking…"));
  }

  /** Asks what would change now. */
  private async tell(again = false): Promise<void> {
    const change = this.change();
    this.round += 1;
    const { round } = this;
    if (change === null) return;
    try {
      const plan = await this.host.ask("plan", change);
      if (round !== this.round) return;
      const moved = again && this.plan !== null && JSON.stringify(plan.effects) !== JSON.stringify(this.plan.effects);
      if (moved) this.problem.textContent = "Someone else changed this model meanwhile. This is what would change now.";
      this.plan = plan;
      this.draw(plan);
    } catch (error) {
      if (round === this.round) this.told.replaceChildren(h("span", { class: "tb-plan-problem" }, messageOf(error)));
    }
  }

  private draw(plan: Plan): void {
    this.submit.disabled = plan.problem !== "";
    if (plan.problem !== "") {
      this.told.replaceChildren(h("span", { class: "tb-plan-problem tb-wrap" }, plan.problem));
      return;
    }
    const effects = plan.effects.map((effect) => h("li", {}, effectElement(effect)));
    const notes = plan.notes.map((note) => h("div", { class: "tb-hint tb-wrap" }, note));
    this.told.replaceChildren(h("ul", { class: "tb-plain tb-effects" }, ...effects), ...notes);
  }

  private async send(): Promise<void> {
    const change = this.change();
    if (change === null || this.plan === null || this.submit.disabled) return;
    this.submit.disabled = true;
    this.problem.textContent = "";
    const more = { seen: String(this.plan.seen), reason: this.reason.value, open: this.openModel() };
    try {
      const changed = await this.host.ask("change", { ...change, ...more });
      this.close();
      this.onDone(changed, change);
    } catch (error) {
      const overtaken = error instanceof RequestFailed && error.type === "ChangedMeanwhile";
      await this.tell();
      this.problem.textContent = overtaken
        ? `Nothing was done: ${messageOf(error).replace(/: look at it again$/, "")}. This is what would change now.`
        : messageOf(error);
    }
  }

  private onKey(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void this.send();
    } else if (event.key === "Tab") this.trap(event);
  }

  /** The focus stays inside; a modal dialog alone would let it go to the browser's own controls. */
  private trap(event: KeyboardEvent): void {
    const found = "button:not(:disabled), input, select, textarea";
    const stops = [...this.element.querySelectorAll<HTMLElement>(found)];
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const edge = event.shiftKey ? first : last;
    if (edge?.matches(":focus")) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  }
}
