/** The notebooks that are open, and those that come. */
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";

/** Calls `follow` with each of them, once. */
export function eachNotebook(tracker: INotebookTracker, follow: (panel: NotebookPanel) => unknown): void {
  tracker.forEach((panel) => void follow(panel));
  tracker.widgetAdded.connect((_, panel) => void follow(panel));
}
