/** One metric of several runs, of which each has one value: bars in the place of a panel of curves. */
import { barsPlot } from "../../lib/bars";
import { h, user } from "../dom";
import type { PanelData, PanelHost } from "./panel";
import { PlotView } from "./plot";

export class BarPanel {
  readonly element: HTMLElement;
  private readonly place = h("div", { class: "tb-bars" });
  private plot: PlotView | null = null;

  constructor(
    readonly title: string,
    private readonly fullTitle: string,
    private readonly host: Pick<PanelHost, "looks">,
  ) {
    const caption = h("figcaption", {}, user(title, "tb-strong", fullTitle));
    this.element = h("figure", { class: "tb-panel" }, caption, this.place);
  }

  update({ runs, lines, options }: PanelData): void {
    const { looks } = this.host;
    const shown = lines.filter((line) => looks.isVisible(line.run_id));
    const plot = barsPlot(runs, shown, options);
    if (this.plot === null) {
      this.plot = new PlotView(plot, { title: () => this.fullTitle }, looks);
      this.place.replaceChildren(this.plot.element);
    } else this.plot.update(plot);
  }

  /** Its colours are the theme's own. */
  repaint(): void {}

  dispose(): void {
    this.plot?.dispose();
  }
}
