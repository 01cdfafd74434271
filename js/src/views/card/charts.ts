/** Curves of metrics with more than one point: small multiples, grouped by what stands before "/". */
import { type Curves, plotted } from "../../lib/curves";
import { recall, remember } from "../../lib/memory";
import { chartGroups } from "../chartgroups";
import { type CurveView, curveView, type Look } from "../curve";
import { button, h, uniqueId, user } from "../dom";
import { section } from "./section";

const SHOWN = 6;
const MOST_SMOOTHING = 0.98;

export interface ChartsOptions {
  /** under which the reader's choices are remembered; null: no choices */
  memory: string | null;
  /** a curve's title, without its prefix */
  title?(key: string): string;
}

export class ChartsSection {
  private readonly body = h("div", { class: "tb-charts" });
  private readonly tools = h("div", { class: "tb-switches", role: "group", "aria-label": "How curves are drawn" });
  readonly element: HTMLElement;
  private readonly sync = uniqueId("cursor");
  private readonly views = new Map<string, CurveView>();
  private readonly look: Look = { log: false, smoothing: 0 };
  private readonly left: Set<string>;
  private laidOut = "";
  private offered = "";
  private all = false;
  private given: [readonly string[], Curves] | null = null;

  constructor(private readonly options: ChartsOptions) {
    const { memory } = options;
    this.element = memory === null ? this.body : section("curves", "Curves", this.tools, this.body);
    const kept = memory === null ? null : recall(`curves:${memory}`);
    this.left = new Set(listOf(kept));
    this.look.smoothing = memory === null ? 0 : Math.min(MOST_SMOOTHING, Number(recall("smoothing")) || 0);
  }

  /** Draws the curves of these keys that have two points or more. */
  update(keys: readonly string[], curves: Curves): void {
    this.given = [keys, curves];
    const drawable = keys.filter((key) => (curves.get(key)?.values.length ?? 0) > 1);
    this.element.hidden = drawable.length === 0;
    this.offer(drawable);
    const chosen = drawable.filter((key) => !this.left.has(key));
    const shown = this.all || chosen.length <= SHOWN + 1 ? chosen : chosen.slice(0, SHOWN);
    const layout = JSON.stringify([shown, chosen.length]);
    if (layout !== this.laidOut) {
      this.layOut(shown);
      if (shown.length < chosen.length) this.body.append(this.reveal(chosen.length));
      this.laidOut = layout;
    }
    for (const key of shown) {
      const curve = curves.get(key);
      if (curve !== undefined) this.views.get(key)?.update(plotted(curve), { ...this.look });
    }
  }

  repaint(): void {
    for (const view of this.views.values()) view.repaint();
  }

  dispose(): void {
    for (const view of this.views.values()) view.dispose();
    this.views.clear();
  }

  private again(): void {
    if (this.given !== null) this.update(...this.given);
  }

  /** The tools: smoothing, log axis, and which curves are shown. */
  private offer(keys: readonly string[]): void {
    const { memory } = this.options;
    const offered = JSON.stringify(keys);
    if (memory === null || offered === this.offered) return;
    const first = this.offered === "";
    this.offered = offered;
    if (first) this.tools.append(...this.smoothing(), this.log());
    this.tools.querySelector(".tb-choose")?.remove();
    if (keys.length > 1) this.tools.append(this.chooser(keys, memory));
  }

  private smoothing(): HTMLElement[] {
    const id = uniqueId("smooth");
    const said = h("output", { for: id, class: "tb-num tb-smooth-value" }, smoothText(this.look.smoothing));
    const slider = h("input", {
      id,
      type: "range",
      class: "tb-range",
      min: 0,
      max: MOST_SMOOTHING,
      step: 0.02,
      oninput: () => {
        this.look.smoothing = Number(slider.value);
        said.textContent = smoothText(this.look.smoothing);
        remember("smoothing", this.look.smoothing > 0 ? String(this.look.smoothing) : null);
        this.again();
      },
    });
    slider.value = String(this.look.smoothing);
    return [h("label", { for: id }, "Smoothing"), slider, said];
  }

  private log(): HTMLElement {
    const toggle = button(
      "Log y",
      () => {
        this.look.log = !this.look.log;
        toggle.setAttribute("aria-pressed", String(this.look.log));
        this.again();
      },
      {
        class: "tb-button tb-toggle",
        "aria-pressed": "false",
        title: "Log axis; values that are not positive are left out",
      },
    );
    return toggle;
  }

  private chooser(keys: readonly string[], memory: string): HTMLElement {
    const count = h("span", { class: "tb-aside" });
    const say = () => {
      const shown = keys.filter((key) => !this.left.has(key)).length;
      count.textContent = shown < keys.length ? `${shown} of ${keys.length}` : "";
    };
    const boxes = keys.map((key) => {
      const box = h("input", {
        type: "checkbox",
        onchange: () => {
          if (box.checked) this.left.delete(key);
          else this.left.add(key);
          remember(`curves:${memory}`, this.left.size > 0 ? JSON.stringify([...this.left]) : null);
          say();
          this.again();
        },
      });
      box.checked = !this.left.has(key);
      return h("label", { class: "tb-choice" }, box, user(key));
    });
    say();
    return h(
      "details",
      { class: "tb-choose" },
      h("summary", {}, "Choose curves ", count),
      h("div", { class: "tb-choices", role: "group", "aria-label": "Curves that are shown" }, ...boxes),
    );
  }

  private layOut(keys: readonly string[]): void {
    for (const [key, view] of this.views) {
      if (keys.includes(key)) continue;
      view.dispose();
      this.views.delete(key);
    }
    const named = this.options.title;
    const charts =
      named === undefined
        ? chartGroups(keys, (key, title) => this.viewOf(key, title).element)
        : keys.map((key) => this.viewOf(key, named(key)).element);
    this.body.setAttribute("data-count", String(keys.length));
    this.body.replaceChildren(...charts);
  }

  private viewOf(key: string, title: string): CurveView {
    const view = this.views.get(key) ?? curveView(title, key, this.sync);
    this.views.set(key, view);
    return view;
  }

  private reveal(total: number): HTMLElement {
    const open = () => {
      this.all = true;
      this.again();
    };
    return button(`Show all ${total} curves`, open, { class: "tb-button tb-quiet" });
  }
}

const smoothText = (smoothing: number) => (smoothing > 0 ? smoothing.toFixed(2) : "off");

function listOf(text: string | null): string[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}
