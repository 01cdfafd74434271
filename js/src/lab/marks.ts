/** A mark above each tracked cell of a notebook; it opens the cell's versions. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { Cell } from "@jupyterlab/cells";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import type { LabLine } from "../bridge/lab";
import { linesByCell } from "../lib/labruns";
import { type MarkView, markView } from "../views/runs/mark";
import { keepKeys } from "../views/shortcuts";
import { followerOf } from "./follow";
import { NAMESPACE } from "./names";
import { eachNotebook } from "./notebooks";
import { openVersions } from "./popup";
import { options } from "./settings";

class Marks {
  private readonly views = new WeakMap<Cell, MarkView>();
  private lines = new Map<string, LabLine>();

  constructor(private readonly panel: NotebookPanel) {
    const follower = followerOf(panel);
    const draw = () => {
      this.lines = options.marks ? linesByCell(follower.runs) : new Map();
      this.draw();
    };
    follower.changed.connect(draw);
    options.changed.connect(draw);
    panel.content.modelContentChanged.connect(() => this.draw());
    panel.disposed.connect(() => options.changed.disconnect(draw));
    draw();
  }

  /** Opens the versions of a cell; false where it has none. */
  open(cell: Cell): boolean {
    const line = this.lines.get(cell.model.id);
    if (line === undefined) return false;
    const anchor = this.views.get(cell)?.button ?? cell.node;
    openVersions(this.panel, cell, line.line, anchor);
    return true;
  }

  private draw(): void {
    for (const cell of this.panel.content.widgets) {
      const line = cell.model.type === "code" ? this.lines.get(cell.model.id) : undefined;
      const known = this.views.get(cell);
      if (line === undefined) {
        known?.element.remove();
        this.views.delete(cell);
      } else if (known === undefined) this.add(cell, line);
      else known.update(line);
    }
  }

  private add(cell: Cell, line: LabLine): void {
    const view = markView(line, () => this.open(cell));
    keepKeys(view.element);
    this.views.set(cell, view);
    // A cell that is not in sight yet has no header to stand in.
    void cell.ready.then(() => {
      if (this.views.get(cell) === view && !cell.isDisposed)
        cell.node.querySelector(".jp-Cell-header")?.append(view.element);
    });
  }
}

const marks = new WeakMap<NotebookPanel, Marks>();

export function marksOf(panel: NotebookPanel): Marks {
  let found = marks.get(panel);
  if (found === undefined) {
    found = new Marks(panel);
    marks.set(panel, found);
  }
  return found;
}

export const marking: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:marks`,
  description: "Marks tracked cells with their versions.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    eachNotebook(tracker, marksOf);
  },
};
