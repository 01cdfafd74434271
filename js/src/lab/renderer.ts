/**
 * The renderer of trackbook's outputs.  What it shows, best first, each taking the place of the one before:
 *
 * 1. the static HTML that is saved in the notebook, at once;
 * 2. the stored run's card, the table, chart, comparison or registry as the store has it now, from the server extension, where no kernel has the widget's model;
 * 3. the live widget, as soon as its model is there.
 *
 * A card whose kernel dies is drawn anew from the store, so that it does not say RUNNING for ever; so are views whose
 * kernel is shut down.
 */
import type { ISessionContext } from "@jupyterlab/apputils";
import { type IRenderMimeRegistry, MimeModel, RenderedHTML } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Panel, Widget } from "@lumino/widgets";
import { KERNEL_GONE_EVENT, type Standby } from "../bridge/standby";
import type { Drawn } from "../stored/views";
import { h } from "../views/dom";
import { remark } from "../views/notice";
import { pictured } from "../views/pictured";
import { keepKeys } from "../views/shortcuts";
import { messageOf } from "../views/view";
import { VIEW_MIME, type ViewOutput, WIDGET_MIME } from "./names";
import { DRAWINGS } from "./storedviews";

/** When to look for the widget's model, in ms after the output was drawn: the manager comes up slowly after a reload. */
const ATTEMPTS_MS = [0, 500, 1000, 2000, 4000];
/** The stored run is asked for after so many of them have failed: a reload with a living kernel mostly needs no more. */
const TRIES_ALONE = 2;
/** `renderModel` never settles while there is no widget manager. */
const PATIENCE_MS = 2000;
/** When to ask for the end of a run whose kernel has died: the store recovers it when it notices. */
const RECOVERY_MS = [500, 2000, 6000, 15000];

/** The newest shape of `ViewOutput` that is known here. */
const SCHEMA = 1;
const NEWER =
  "A newer trackbook made it than JupyterLab has: install the kernel's version where JupyterLab runs (pip install --upgrade trackbook), then reload the page.";
const OLDER = "An older trackbook made it, which did not say what it is of: run its cell again.";
const NO_KERNEL = "No kernel: showing what was stored.";
const KERNEL_GONE = "The kernel is gone: showing what was stored.";

export interface Surroundings {
  rendermime: IRenderMimeRegistry;
  sessionContext: ISessionContext;
  notebookPath(): string;
}

/** What the server is asked about; null for what it cannot draw. Cards of older versions say their run alone. */
function aboutOf({ view, run_id, standby }: ViewOutput): Standby["about"] | null {
  return standby?.about ?? (view === "card" && run_id ? { run_id } : null);
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export class ViewRenderer extends Panel implements IRenderMime.IRenderer {
  private shown: "nothing" | "static" | "stored" | "live" = "nothing";
  private output: ViewOutput | null = null;
  private turn = 0;
  private stored: Drawn | null = null;
  private drawing: { turn: number; done: Promise<boolean> } | null = null;

  constructor(private readonly around: Surroundings) {
    super();
    this.addClass("tb-output");
    around.sessionContext.statusChanged.connect(this.onStatus, this);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.turn += 1;
    this.around.sessionContext.statusChanged.disconnect(this.onStatus, this);
    this.stored?.dispose();
    super.dispose();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const output = model.data[VIEW_MIME] as unknown as ViewOutput;
    // The same live widget shown again (its run has ended, say) has its news already.
    const same = this.shown === "live" && output.widget !== null && output.widget === this.output?.widget;
    this.output = output;
    if (same) return;
    this.turn += 1;
    await this.showStatic(output);
    void this.improve(output, model.trusted, this.turn);
  }

  private async showStatic({ html }: ViewOutput): Promise<void> {
    const { sanitizer, resolver, linkHandler } = this.around.rendermime;
    // No mathematics: $5 and $6 in a name are none, and MathJax takes a page that has not loaded it 100 ms.
    const ours = { mimeType: "text/html", sanitizer, resolver, linkHandler, latexTypesetter: null };
    const renderer = new RenderedHTML(ours);
    const ink = getComputedStyle(document.body).getPropertyValue("--jp-content-font-color1");
    const drawn = pictured(String(html ?? ""), ink);
    await renderer.renderModel(new MimeModel({ data: { "text/html": drawn }, trusted: false }));
    this.place(renderer, "static");
  }

  private async improve(output: ViewOutput, trusted: boolean, turn: number): Promise<void> {
    const attempts = trusted && output.widget ? ATTEMPTS_MS : [];
    for (const [i, wait] of attempts.entries()) {
      if (i === TRIES_ALONE && this.shown === "static") await this.showStored(turn);
      await sleep(wait);
      if (turn !== this.turn) return;
      const live = await this.liveWidget(output.widget as string);
      if (turn !== this.turn) return live?.dispose();
      if (live !== null) return this.place(live, "live");
      if (!this.hasKernel()) break;
    }
    if (this.shown === "static") await this.showStored(turn);
  }

  /** The widget's view, where its model lives; null otherwise. */
  private async liveWidget(model_id: string): Promise<Panel | null> {
    const data = { [WIDGET_MIME]: { model_id, version_major: 2, version_minor: 0 } };
    let renderer: IRenderMime.IRenderer;
    try {
      renderer = this.around.rendermime.createRenderer(WIDGET_MIME);
    } catch {
      return null; // no widget manager is installed
    }
    const rendered = renderer.renderModel(new MimeModel({ data, trusted: true })).catch(() => {});
    await Promise.race([rendered, sleep(PATIENCE_MS)]);
    if (renderer instanceof Panel && renderer.widgets.length > 0) return renderer;
    renderer.dispose();
    return null;
  }

  /** Drawn once, whoever asks meanwhile: a second drawing would take away what somebody typed into the first. */
  private showStored(turn: number, message = this.hasKernel() ? null : NO_KERNEL): Promise<boolean> {
    if (this.drawing?.turn !== turn) {
      const done = this.drawStored(turn, message).finally(() => {
        if (this.drawing?.done === done) this.drawing = null;
      });
      this.drawing = { turn, done };
    }
    return this.drawing.done;
  }

  private async drawStored(turn: number, message: string | null): Promise<boolean> {
    const { output } = this;
    if (output === null) return false;
    const draw = DRAWINGS[output.view];
    if (draw === undefined || output.schema > SCHEMA) return this.remain(turn, NEWER);
    const about = aboutOf(output);
    if (about === null) return this.remain(turn, OLDER);
    const holder = new Widget();
    keepKeys(holder.node);
    let drawn: Drawn;
    try {
      drawn = await draw(holder.node, this.around.notebookPath(), about);
    } catch (error) {
      return this.remain(turn, messageOf(error));
    }
    if (turn !== this.turn || this.shown === "live") {
      drawn.dispose();
      return false;
    }
    if (message !== null) drawn.connection({ state: "offline", message });
    this.place(holder, "stored");
    this.stored = drawn;
    return drawn.ended === true;
  }

  /** Without server extension, network or run the static view stays, and says why it does not change. */
  private remain(turn: number, why: string): false {
    if (turn !== this.turn || this.shown !== "static") return false;
    const node = h("div", { class: "tb-root" }, remark(`This is the view as it was saved. ${why}`));
    while (this.widgets.length > 1) this.widgets[0]?.dispose();
    this.insertWidget(0, new Widget({ node }));
    return false;
  }

  /** Puts a widget in the place of what was shown. */
  private place(widget: Widget, as: "static" | "stored" | "live"): void {
    this.stored?.dispose();
    this.stored = null;
    for (const old of [...this.widgets]) old.dispose();
    this.addWidget(widget);
    this.shown = as;
  }

  private hasKernel(): boolean {
    return this.around.sessionContext.session?.kernel != null;
  }

  private saysRunning(): boolean {
    return this.shown === "live" && this.node.querySelector(".tb-card")?.getAttribute("data-status") === "RUNNING";
  }

  private onStatus(context: ISessionContext): void {
    const status = context.kernelDisplayStatus;
    const lost = ["dead", "terminating", "restarting", "autorestarting"].includes(status) || !this.hasKernel();
    if (lost && this.saysRunning()) void this.recover();
    else if (!this.hasKernel() && this.shown === "live") this.leaveKernel();
    else if (!this.hasKernel()) this.stored?.connection({ state: "offline", message: NO_KERNEL });
    if (this.shown === "static" && !this.hasKernel()) void this.showStored(this.turn);
  }

  /** What a table is set to stays with it: its page asks the server; other views are drawn anew. */
  private leaveKernel(): void {
    for (const root of this.node.querySelectorAll(".tb-root")) root.dispatchEvent(new Event(KERNEL_GONE_EVENT));
    if (this.output?.view === "table") return;
    this.turn += 1;
    this.shown = "static";
    void this.showStored(this.turn, KERNEL_GONE);
  }

  /** The kernel died below a live card: the store tells how its run ended. */
  private async recover(): Promise<void> {
    this.turn += 1;
    this.shown = "static";
    const { turn } = this;
    for (const wait of RECOVERY_MS) {
      await sleep(wait);
      if (turn !== this.turn || (await this.showStored(turn, KERNEL_GONE))) return;
    }
  }
}
