/** How far the run is: a bar where the total is known, and words in any case.  Changed in place while it goes on. */
import type { Card, CardProgress } from "../../bridge/card";
import { leftText, Pace, rateText, type Seen, seenOf, seenText } from "../../lib/progress";
import { h } from "../dom";

export class ProgressLine {
  private readonly bar = h("div", { class: "tb-progress-fill" });
  private readonly track = h(
    "div",
    { class: "tb-progress-track", role: "progressbar", "aria-label": "Progress" },
    this.bar,
  );
  private readonly words = h("span", { class: "tb-progress-words tb-trail" });
  readonly element = h("div", { class: "tb-progress", hidden: true }, this.track, this.words);
  private readonly pace = new Pace();

  constructor(private readonly now: () => number) {}

  /** Draws; tells in a few words what a folded card says, "" for nothing. */
  update(card: Card, told: CardProgress | null, live: boolean): string {
    const going = card.run.end_ms === null;
    const seen = card.run.status === "FINISHED" ? null : seenOf(card.metrics, told);
    // A run that has ended tells how far it came only where it was to go on.
    this.element.hidden = seen === null || (!going && seen.total === null);
    if (seen === null) return "";
    if (going) this.pace.note(seen.seen, this.now());
    const rate = going && live ? this.pace.rate() : null;
    const said = [seenText(seen), rateText(rate, seen.unit), leftText(seen, rate)].filter((text) => text !== "");
    if (!going) said[0] = `stopped at ${said[0]}`;
    this.draw(seen, said);
    return said.filter((_, i) => i !== 1 || said.length < 3).join(" · ");
  }

  private draw(seen: Seen, said: readonly string[]): void {
    const { total } = seen;
    this.track.hidden = total === null;
    if (total !== null) {
      const share = Math.min(1, seen.seen / total);
      this.bar.style.transform = `scaleX(${share.toFixed(4)})`;
      this.track.setAttribute("aria-valuemin", "0");
      this.track.setAttribute("aria-valuemax", String(total));
      this.track.setAttribute("aria-valuenow", String(seen.seen));
      this.track.setAttribute("aria-valuetext", said.join(", "));
    }
    this.element.title = seen.source === "" ? "" : `of ${total}: ${seen.source}`;
    said.forEach((text, i) => {
      const place = this.words.children[i] ?? this.words.appendChild(h("span", { class: "tb-num" }));
      if (place.textContent !== text) place.textContent = text;
    });
    while (this.words.children.length > said.length) this.words.lastElementChild?.remove();
  }
}
