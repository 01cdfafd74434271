/** The status bar's item: what is being recorded in the current notebook. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { IStatusBar } from "@jupyterlab/statusbar";
import { Widget } from "@lumino/widgets";
import { statusOf } from "../lib/labruns";
import { h } from "../views/dom";
import { followerOf } from "./follow";
import { kernelOf } from "./kernels";
import { CommandIds, NAMESPACE } from "./names";
import { options } from "./settings";

class RecordingItem extends Widget {
  private panel: NotebookPanel | null = null;
  private readonly text = h("span", { class: "tb-recording-text" });
  private readonly button = h(
    "button",
    { type: "button", class: "tb-recording" },
    h("span", { class: "tb-recording-mark", "aria-hidden": "true" }),
    this.text,
  );

  constructor(
    private readonly tracker: INotebookTracker,
    open: () => void,
  ) {
    super();
    this.addClass("tb-recording-item");
    this.button.addEventListener("click", open);
    this.node.append(this.button);
    tracker.currentChanged.connect(this.follow, this);
    options.changed.connect(this.draw, this);
    setInterval(() => this.draw(), 1000);
    this.follow();
  }

  private follow(): void {
    const panel = this.tracker.currentWidget;
    if (panel !== null && panel !== this.panel) {
      followerOf(panel).changed.connect(this.draw, this);
      kernelOf(panel).changed.connect(this.draw, this);
    }
    this.panel = panel;
    this.draw();
  }

  private draw(): void {
    const { panel } = this;
    this.setHidden(panel === null || panel.isDisposed || !options.statusBar);
    if (panel === null || panel.isDisposed) return;
    const { text, title, mark } = statusOf(kernelOf(panel).state, followerOf(panel).runs, Date.now());
    if (this.text.textContent !== text) this.text.textContent = text;
    this.button.title = title;
    this.button.dataset.mark = mark;
  }
}

export const recording: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:recording`,
  description: "Says in the status bar what is being recorded.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [IStatusBar],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, statusBar: IStatusBar | null) => {
    if (statusBar === null) return; // Notebook 7 has none
    const item = new RecordingItem(tracker, () => void app.commands.execute(CommandIds.openPanel));
    statusBar.registerStatusItem(`${NAMESPACE}:recording`, { item, align: "left", rank: 50 });
  },
};
