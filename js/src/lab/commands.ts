/** Commands of the palette. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import { CommandIds, NAMESPACE } from "./names";

/** A new cell below the active one, run at once. */
async function runBelow({ content, sessionContext }: NotebookPanel, source: string): Promise<void> {
  NotebookActions.insertBelow(content);
  content.activeCell?.model.sharedModel.setSource(source);
  await NotebookActions.run(content, sessionContext);
}

export const commands: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:commands`,
  description: "trackbook's commands.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, palette: ICommandPalette | null) => {
    app.commands.addCommand(CommandIds.showRuns, {
      label: "trackbook: Show runs",
      caption: "Insert a cell with %runs below the active one, and run it",
      isEnabled: () => tracker.currentWidget !== null,
      execute: async () => {
        if (tracker.currentWidget !== null) await runBelow(tracker.currentWidget, "%runs");
      },
    });
    tracker.currentChanged.connect(() => app.commands.notifyCommandChanged(CommandIds.showRuns));
    palette?.addItem({ command: CommandIds.showRuns, category: "trackbook" });
  },
};
