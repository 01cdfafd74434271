/** What ran, in full: the cell's program and the notebook as it stood, each shown as text when it is asked for. */
import type { Card, Preview } from "../bridge/card";
import { distinctSnapshots } from "../lib/record";
import { button, h } from "../views/dom";
import { showPreview } from "../views/preview";

/** Of a run's own record, by what the last execution left. */
const RECORDED: readonly [string, RegExp][] = [
  ["Code that ran", /^trackbook\/(.*\/)?source\.py$/],
  ["Program", /^trackbook\/(.*\/)?program\.py$/],
];

interface Offer {
  label: string;
  path: string;
}

export class RunFiles {
  private readonly bar = h("div", { class: "tb-page-files-bar", role: "group", "aria-label": "Code and notebook" });
  private readonly place = h("div", { class: "tb-card tb-page-look" });
  readonly element = h(
    "section",
    { class: "tb-page-files", "aria-label": "Code and notebook" },
    h("h2", { class: "tb-section-title" }, "Code and notebook"),
    this.bar,
    this.place,
  );
  private offered = "";

  constructor(
    private readonly ask: (path: string) => Promise<Preview>,
    private readonly address: (path: string) => string,
  ) {}

  update(card: Card): void {
    const offers = offersOf(card);
    const state = JSON.stringify(offers);
    if (state === this.offered) return;
    this.offered = state;
    this.element.hidden = offers.length === 0;
    this.bar.replaceChildren(...offers.map((one) => this.opener(one)));
  }

  private opener({ label, path }: Offer): HTMLElement {
    const element: HTMLElement = button(label, () => {
      const close = () => {
        this.place.replaceChildren();
        element.focus();
      };
      void showPreview(this.place, path, this.ask, close, this.address(path));
    });
    return element;
  }
}

function offersOf({ artifacts, record }: Card): Offer[] {
  const recorded = RECORDED.flatMap(([label, pattern]) =>
    artifacts
      .filter(({ path }) => pattern.test(path))
      .slice(-1)
      .map(({ path }) => ({ label, path })),
  );
  const snapshots = distinctSnapshots(record?.snapshots ?? []).map(({ path, when, since_ms }) => ({
    label: since_ms === undefined ? `Notebook at the ${when}` : "Notebook, the same at start and end",
    path,
  }));
  return [...recorded, ...snapshots];
}
