/** Gives each notebook the renderer of trackbook's outputs, before it draws its own. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { NAMESPACE, VIEW_MIME } from "./names";
import { eachNotebook } from "./notebooks";
import { ViewRenderer } from "./renderer";

/** Before the widget manager (-10), whose mime type stands in the same outputs. */
const RANK = -100;

function equip(panel: NotebookPanel): void {
  const { rendermime } = panel.content;
  const around = { rendermime, sessionContext: panel.sessionContext, notebookPath: () => panel.context.path };
  rendermime.addFactory({ safe: true, mimeTypes: [VIEW_MIME], createRenderer: () => new ViewRenderer(around) }, RANK);
}

export const outputs: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:outputs`,
  description: "Shows run cards, tables and comparisons: live, from the store, or as they were saved.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    eachNotebook(tracker, equip);
  },
};
