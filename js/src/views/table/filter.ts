/**
 * The box for the search language: completes fields, operators and values as one types, asks on Enter or when typing
 * pauses, and shows a refusal under the place it means.
 */
import type { RequestFailed } from "../../bridge/requests";
import { type Choice, type Completion, complete } from "../../lib/completion";
import { h, icon, uniqueId, user } from "../dom";

const PAUSE_MS = 400;
/** characters shown on either side of the place of an error */
const AROUND = 48;
const EXAMPLE = "Filter, as in metrics.accuracy > 0.9 and params.kernel = 'rbf'";

export interface FilterHost {
  ask(filter: string): void;
  /** what could come next; values may have to be fetched */
  complete(text: string, caret: number): Promise<Completion | null>;
  /** back to the grid */
  leave(): void;
}

export class FilterBox {
  private readonly problemId = uniqueId("filter-problem");
  private readonly listId = uniqueId("filter-list");
  private readonly list = h("div", {
    class: "tb-popup tb-completions",
    id: this.listId,
    role: "listbox",
    "aria-label": "What could come next",
    popover: "manual",
    hidden: true,
  });
  private readonly input = h("input", {
    class: "tb-input",
    type: "search",
    role: "combobox",
    "aria-label": "Filter runs",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": this.listId,
    "aria-describedby": this.problemId,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: EXAMPLE,
  });
  readonly element = h("div", { class: "tb-filter" }, icon("search"), this.input, this.list);
  readonly problem = h("div", { class: "tb-filter-problem", id: this.problemId, role: "status" });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked: string;
  private inForce: string;
  private offer: Completion | null = null;
  private chosen = -1;
  private turn = 0;

  constructor(
    filter: string,
    private readonly host: FilterHost,
  ) {
    this.input.value = filter;
    this.asked = filter;
    this.inForce = filter;
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("click", () => void this.suggest());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.hide());
    this.list.addEventListener("mousedown", (event) => this.onPick(event));
  }

  /**
   * The filter that is in force.  What someone is just typing, or has not asked yet, is left alone, and so is what was
   * refused while the filter has stayed the same.
   */
  set(filter: string): void {
    const hasStayed = filter === this.inForce && filter !== this.input.value.trim();
    this.inForce = filter;
    if (hasStayed && this.input.hasAttribute("aria-invalid")) return;
    this.asked = filter;
    this.input.removeAttribute("aria-invalid");
    this.problem.replaceChildren();
    if (this.timer === undefined && !this.input.matches(":focus")) this.input.value = filter;
  }

  /** Puts a filter in and asks. */
  write(filter: string): void {
    this.input.value = filter;
    this.submit();
  }

  clear(): void {
    this.write("");
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  refuse(error: RequestFailed): void {
    const halfTyped =
      error.position !== null && error.position >= this.asked.trimEnd().length && this.input.matches(":focus");
    this.input.setAttribute("aria-invalid", "true");
    this.problem.toggleAttribute("data-half", halfTyped);
    this.problem.replaceChildren(...explain(this.asked, error));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.turn += 1;
    this.hide();
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.submit(false), PAUSE_MS);
    void this.suggest();
  }

  private onKey(event: KeyboardEvent): void {
    event.stopPropagation();
    const choices = this.offer?.choices ?? [];
    const open = this.isOpen();
    switch (event.key) {
      case "ArrowDown":
        event.preventDefault();
        if (open) this.mark((this.chosen + 1) % choices.length);
        else void this.suggest();
        return;
      case "ArrowUp":
        if (!open) return;
        event.preventDefault();
        this.mark((this.chosen - 1 + choices.length) % choices.length);
        return;
      case "Tab":
        if (!open || event.shiftKey) return;
        event.preventDefault();
        this.take(choices[Math.max(0, this.chosen)]);
        return;
      case "Enter":
        event.preventDefault();
        if (open && this.chosen >= 0) this.take(choices[this.chosen]);
        else {
          this.hide();
          this.submit();
        }
        return;
      case "Escape":
        event.preventDefault();
        if (open) this.hide();
        else this.host.leave();
    }
  }

  // --- completion ----------------------------------------------------------------------------------------------------

  private async suggest(): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    const caret = this.input.selectionStart ?? this.input.value.length;
    const offer = await this.host.complete(this.input.value, caret).catch(() => null);
    if (turn !== this.turn || !this.input.matches(":focus")) return;
    this.offer = offer;
    this.chosen = -1;
    if (offer === null || offer.choices.length === 0) this.hide();
    else this.draw(offer.choices);
  }

  private draw(choices: readonly Choice[]): void {
    this.list.replaceChildren(
      ...choices.map(({ text, note }, i) =>
        h(
          "div",
          { class: "tb-completion", role: "option", id: `${this.listId}-${i}`, "data-at": i, "aria-selected": "false" },
          user(text, "tb-mono"),
          h("span", { class: "tb-muted" }, note),
        ),
      ),
    );
    const box = this.input.getBoundingClientRect();
    this.list.hidden = false;
    if (!this.isOpen()) this.list.showPopover?.();
    this.list.style.left = `${box.left}px`;
    this.list.style.top = `${box.bottom + 2}px`;
    this.list.style.minWidth = `${Math.min(box.width, 280)}px`;
    this.list.scrollTop = 0;
    this.input.setAttribute("aria-expanded", "true");
    this.input.removeAttribute("aria-activedescendant");
  }

  private isOpen(): boolean {
    return this.input.getAttribute("aria-expanded") === "true";
  }

  private hide(): void {
    this.turn += 1;
    if (!this.isOpen()) return;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.list.hidePopover?.();
    this.list.hidden = true;
  }

  private mark(at: number): void {
    this.chosen = at;
    [...this.list.children].forEach((entry, i) => {
      entry.setAttribute("aria-selected", String(i === at));
    });
    const entry = this.list.children[at];
    entry?.scrollIntoView?.({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `${this.listId}-${at}`);
  }

  private onPick(event: MouseEvent): void {
    event.preventDefault(); // the focus stays in the box
    const entry = (event.target as Element).closest("[data-at]");
    if (entry !== null) this.take(this.offer?.choices[Number(entry.getAttribute("data-at"))]);
  }

  private take(choice: Choice | undefined): void {
    if (choice === undefined || this.offer === null) return;
    const { text, caret } = complete(this.input.value, this.offer, choice.text);
    this.input.value = text;
    this.input.setSelectionRange?.(caret, caret);
    this.typed();
  }

  /** `anyway`: a filter that was asked already is asked again. */
  private submit(anyway = true): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const filter = this.input.value.trim();
    if (filter === this.asked && !(anyway && this.input.hasAttribute("aria-invalid"))) return;
    this.asked = filter;
    this.host.ask(filter);
  }
}

/** The filter with a caret under the place that was not understood, and what could stand there. */
function explain(filter: string, error: RequestFailed): Node[] {
  const hint = error.hint === "" ? null : h("div", { class: "tb-muted" }, error.hint);
  const at = error.position;
  if (at === null) return [h("div", { class: "tb-wrap" }, error.message), ...(hint ? [hint] : [])];
  const letters = [...filter];
  const [from, to] = [Math.max(0, at - AROUND), at + AROUND];
  const before = (from > 0 ? "…" : "") + letters.slice(from, at).join("");
  const after = letters.slice(at + 1, to).join("") + (letters.length > to ? "…" : "");
  const line = h(
    "div",
    { class: "tb-caret-line" },
    before,
    h("span", { class: "tb-caret" }, letters[at] ?? "\u00a0"),
    after,
  );
  const text = error.expected === "" ? error.message : `Expected ${error.expected} here.`;
  return [line, h("div", {}, text), ...(hint ? [hint] : [])];
}
