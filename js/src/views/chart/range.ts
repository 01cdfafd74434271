/** A range of an axis of parallel coordinates, typed: for values that a hand does not hit. */
import type { ParallelAxis } from "../../bridge/plot";
import { type Brush, brushOf, endsOf } from "../../lib/brushes";
import { button, h } from "../dom";

export interface RangeHost {
  axes(): readonly ParallelAxis[];
  brush(axis: number): Brush | undefined;
  /** undefined: all of the axis */
  choose(axis: number, brush: Brush | undefined): void;
}

export class RangeForm {
  readonly opener = button("Type a range…", () => this.open(this.typed()[0] ?? 0));
  private readonly axis = h("select", { class: "tb-select", "aria-label": "Axis", onchange: () => this.fill(true) });
  private readonly from = bound("From");
  private readonly to = bound("To");
  readonly element = h(
    "form",
    {
      class: "tb-typed-range",
      hidden: true,
      onsubmit: (event: Event) => {
        event.preventDefault();
        this.submit();
      },
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        this.close();
      },
    },
    this.axis,
    this.from,
    h("span", { class: "tb-muted", "aria-hidden": "true" }, "to"),
    this.to,
    h("button", { type: "submit", class: "tb-button" }, "Choose"),
    button("Close", () => this.close(), { class: "tb-button tb-quiet" }),
  );

  constructor(private readonly host: RangeHost) {}

  /** Axes with numbers, by their place; others have names, which are few. */
  typed(): number[] {
    return this.host.axes().flatMap(({ labels }, index) => (labels.length === 0 ? [index] : []));
  }

  open(axis: number): void {
    const axes = this.host.axes();
    const options = this.typed().map((index) =>
      h("option", { value: index, selected: index === axis }, axes[index]?.title ?? ""),
    );
    if (options.length === 0) return;
    this.axis.replaceChildren(...options);
    this.element.hidden = false;
    this.fill(true);
    this.from.focus();
  }

  /** The brushes have changed: what somebody is typing stays, unless it is of another axis. */
  fill(anew = false): void {
    const axis = this.host.axes()[this.place];
    if (this.element.hidden || axis === undefined) return;
    const [low, high] = endsOf(axis, [0, 1]);
    const brush = this.host.brush(this.place);
    const [from, to] = brush === undefined ? ["", ""] : endsOf(axis, brush);
    [this.from.placeholder, this.to.placeholder] = [low, high];
    if (anew || !this.element.contains(document.activeElement)) [this.from.value, this.to.value] = [from, to];
  }

  private get place(): number {
    return Number(this.axis.value);
  }

  private submit(): void {
    const axis = this.host.axes()[this.place];
    if (axis !== undefined) this.host.choose(this.place, brushOf(axis, numberIn(this.from), numberIn(this.to)));
  }

  private close(): void {
    this.element.hidden = true;
    this.opener.focus();
  }
}

function bound(label: string): HTMLInputElement {
  return h("input", { class: "tb-input", type: "text", inputmode: "decimal", "aria-label": label });
}

/** Null where nothing is typed, or no number. */
function numberIn({ value }: HTMLInputElement): number | null {
  const typed = value.trim().replace(/^\u2212/, "-");
  const number = Number(typed);
  return typed === "" || Number.isNaN(number) ? null : number;
}
