/** The box for the search language: asks on Enter or when typing pauses, and shows a refusal under the place it means. */
import type { RequestFailed } from "../../bridge/requests";
import { h, icon, uniqueId } from "../dom";

const PAUSE_MS = 400;
/** characters shown on either side of the place of an error */
const AROUND = 48;
const EXAMPLE = "Filter, as in  metrics.accuracy > 0.9 and params.kernel = 'rbf'";

export class FilterBox {
  private readonly problemId = uniqueId("filter-problem");
  private readonly input = h("input", {
    class: "tb-input",
    type: "search",
    "aria-label": "Filter runs",
    "aria-describedby": this.problemId,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: EXAMPLE,
  });
  readonly element = h("div", { class: "tb-filter" }, icon("search"), this.input);
  readonly problem = h("div", { class: "tb-filter-problem", id: this.problemId, role: "status" });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked: string;

  constructor(
    filter: string,
    private readonly ask: (filter: string) => void,
  ) {
    this.input.value = filter;
    this.asked = filter;
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** The filter that is in force; what someone is just typing is left alone. */
  set(filter: string): void {
    this.asked = filter;
    if (!this.input.matches(":focus")) this.input.value = filter;
  }

  clear(): void {
    this.input.value = "";
    this.submit();
  }

  settled(): void {
    this.input.removeAttribute("aria-invalid");
    this.problem.replaceChildren();
  }

  refuse(error: RequestFailed): void {
    this.input.setAttribute("aria-invalid", "true");
    this.problem.replaceChildren(...explain(this.asked, error));
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.submit(), PAUSE_MS);
  }

  private onKey(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.submit();
  }

  private submit(): void {
    clearTimeout(this.timer);
    const filter = this.input.value.trim();
    if (filter === this.asked) return;
    this.asked = filter;
    this.ask(filter);
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
