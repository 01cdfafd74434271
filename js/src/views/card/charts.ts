/** Curves of metrics with more than one point: small multiples, grouped by what stands before "/". */
import { type Curves, groupKeys, plotted } from "../../lib/curves";
import { type CurveView, curveView } from "../curve";
import { button, h, uniqueId, user } from "../dom";
import { section } from "./section";

const SHOWN = 6;

export class ChartsSection {
  private readonly body = h("div", { class: "tb-charts" });
  readonly element = section("curves", "Curves", this.body);
  private readonly sync = uniqueId("cursor");
  private readonly views = new Map<string, CurveView>();
  private laidOut = "";
  private all = false;

  /** Draws the curves of these keys that have two points or more. */
  update(keys: readonly string[], curves: Curves): void {
    const drawable = keys.filter((key) => (curves.get(key)?.values.length ?? 0) > 1);
    const shown = this.all || drawable.length <= SHOWN + 1 ? drawable : drawable.slice(0, SHOWN);
    this.element.hidden = shown.length === 0;
    const layout = JSON.stringify([shown, drawable.length]);
    if (layout !== this.laidOut) {
      this.layOut(shown);
      if (shown.length < drawable.length)
        this.body.append(this.reveal(drawable.length, () => this.update(keys, curves)));
      this.laidOut = layout;
    }
    for (const key of shown) {
      const curve = curves.get(key);
      if (curve !== undefined) this.views.get(key)?.update(plotted(curve));
    }
  }

  repaint(): void {
    for (const view of this.views.values()) view.repaint();
  }

  dispose(): void {
    for (const view of this.views.values()) view.dispose();
    this.views.clear();
  }

  private layOut(keys: readonly string[]): void {
    for (const [key, view] of this.views) {
      if (keys.includes(key)) continue;
      view.dispose();
      this.views.delete(key);
    }
    const groups = groupKeys(keys).map(({ prefix, keys: members }) => {
      const charts = members.map((key) => this.viewOf(key, prefix).element);
      return prefix === "" ? charts : [h("div", { class: "tb-chart-prefix" }, user(prefix)), ...charts];
    });
    this.body.setAttribute("data-count", String(keys.length));
    this.body.replaceChildren(...groups.flat());
  }

  private viewOf(key: string, prefix: string): CurveView {
    const view = this.views.get(key) ?? curveView(prefix === "" ? key : key.slice(prefix.length + 1), key, this.sync);
    this.views.set(key, view);
    return view;
  }

  private reveal(total: number, redraw: () => void): HTMLElement {
    const open = () => {
      this.all = true;
      redraw();
    };
    return button(`Show all ${total} curves`, open, { class: "tb-button tb-quiet" });
  }
}
