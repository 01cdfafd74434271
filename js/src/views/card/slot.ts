/** The place of a section in the card, drawn anew only when its own part of the card has changed. */
import type { Card } from "../../bridge/card";
import { h } from "../dom";
import { focusIn, refocus } from "../focus";

export class Slot {
  readonly place = h("div", { class: "tb-slot" });
  private drawn: string | undefined;

  /** `of` is the part of the card that it shows; `keepsFocus`: what had the focus has it again in the new drawing. */
  constructor(
    private readonly of: (card: Card) => unknown,
    private readonly draw: (card: Card) => HTMLElement | null,
    private readonly options: { keepsFocus?: boolean } = {},
  ) {}

  update(card: Card, root: HTMLElement): void {
    const wanted = JSON.stringify(this.of(card));
    if (this.drawn === wanted || this.place.querySelector(".tb-edit") !== null) return; // what is written stays
    this.drawn = wanted;
    const focus = this.options.keepsFocus ? focusIn(this.place, root) : null;
    const element = this.draw(card);
    this.place.replaceChildren(...(element === null ? [] : [element]));
    if (focus !== null) refocus(this.place, focus);
  }
}
