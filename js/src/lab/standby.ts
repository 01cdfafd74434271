/** Lets widgets ask the Jupyter server where their kernel is busy, by the notebook in which they stand. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker } from "@jupyterlab/notebook";
import { offerServer } from "../bridge/standby";
import { NAMESPACE } from "./names";
import { ask } from "./server";

export const standing: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:standby`,
  description: "Answers the widgets of a notebook from the Jupyter server while its kernel is busy.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    offerServer((el) => {
      const panel = tracker.find((one) => one.node.contains(el));
      if (panel === undefined) return null;
      return {
        ask: (route, question) => ask(route, { path: panel.context.path }, question),
        interrupt: async () => panel.sessionContext.session?.kernel?.interrupt(),
      };
    });
  },
};
