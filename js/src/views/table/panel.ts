/** What opens below a table: its keys, a comparison. */
import { runOpener } from "../addresses";
import { button, h } from "../dom";
import { KEYS } from "./menus";

export class TablePanel {
  readonly element = h("div", { class: "tb-table-panel" });

  constructor(private readonly leave: () => void) {}

  open(label: string, ...content: Node[]): void {
    const close = button("Close", () => {
      this.element.replaceChildren();
      this.leave();
    });
    this.element.replaceChildren(
      h(
        "div",
        { class: "tb-panel", role: "region", "aria-label": label },
        h("div", { class: "tb-panel-head" }, h("strong", {}, label), close),
        ...content,
      ),
    );
    close.focus({ preventScroll: true });
  }

  openKeys(): void {
    const opening: typeof KEYS = runOpener("") === null ? [] : [["o", "open the run's own page"]];
    const rows = [...opening, ...KEYS].flatMap(([keys, what]) => [h("dt", {}, keys), h("dd", {}, what)]);
    this.open("Keys", h("dl", { class: "tb-keys" }, ...rows));
  }
}
