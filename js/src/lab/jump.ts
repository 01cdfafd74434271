/** From a run to the cell that made it. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { LabRun } from "../bridge/lab";

/** Shows the run's cell in the current notebook, or in another one that is open; false where none has it. */
export function jumpTo(app: JupyterFrontEnd, tracker: INotebookTracker, { cell_id }: LabRun): boolean {
  if (cell_id === null) return false;
  const panels: NotebookPanel[] = [];
  tracker.forEach((panel) => {
    panels.push(panel);
  });
  panels.sort((a, b) => Number(b === tracker.currentWidget) - Number(a === tracker.currentWidget));
  for (const panel of panels) {
    const notebook = panel.content;
    const index = notebook.widgets.findIndex((cell) => cell.model.id === cell_id);
    if (index < 0) continue;
    app.shell.activateById(panel.id);
    notebook.activeCellIndex = index;
    notebook.deselectAll();
    void notebook.scrollToItem(index, "smart");
    return true;
  }
  return false;
}
