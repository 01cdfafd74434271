/** Commands of the palette, and the launcher's card. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import type { Cell } from "@jupyterlab/cells";
import { ILauncher } from "@jupyterlab/launcher";
import { INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import { linesByCell } from "../lib/labruns";
import { tracked } from "../lib/trackline";
import { followerOf } from "./follow";
import { runsIcon } from "./icon";
import { marksOf } from "./marks";
import { CommandIds, NAMESPACE } from "./names";
import { PANEL_ID, selection } from "./panel";
import { openComparison, openProgram, openTable } from "./tabs";

const CATEGORY = "trackbook";
const TEMPLATE = ["%load_ext trackbook", "%%track my-experiment\n"];

/** A new cell below the active one, run at once. */
async function runBelow({ content, sessionContext }: NotebookPanel, source: string): Promise<void> {
  NotebookActions.insertBelow(content);
  content.activeCell?.model.sharedModel.setSource(source);
  await NotebookActions.run(content, sessionContext);
}

interface Current {
  panel: NotebookPanel;
  cell: Cell;
}

/** What a command is called, and what it does with the active cell of the current notebook. */
interface CellCommand {
  label: string;
  caption: string;
  isEnabled?: (current: Current) => boolean;
  execute: (current: Current, app: JupyterFrontEnd) => unknown;
}

const lineOf = ({ panel, cell }: Current) => linesByCell(followerOf(panel).runs).get(cell.model.id);

const ON_CELLS: Record<string, CellCommand> = {
  [CommandIds.showRuns]: {
    label: "Show runs in a new cell",
    caption: "Insert a cell with %runs below the active one, and run it",
    execute: ({ panel }) => runBelow(panel, "%runs"),
  },
  [CommandIds.trackCell]: {
    label: "Track this cell",
    caption: "Put %%track on top of the active cell",
    isEnabled: ({ cell }) => cell.model.type === "code" && tracked(cell.model.sharedModel.getSource()) === null,
    execute: ({ cell }) => {
      const { sharedModel } = cell.model;
      const source = tracked(sharedModel.getSource());
      if (source !== null) sharedModel.setSource(source);
    },
  },
  [CommandIds.showProgram]: {
    label: "Show the program of this cell's last run",
    caption: "The executed cells that the last run of the active cell depends on, in a tab",
    isEnabled: (current) => lineOf(current) !== undefined,
    execute: (current, app) => {
      const newest = lineOf(current)?.newest;
      if (newest !== undefined) openProgram(app, current.panel.context.path, newest.run);
    },
  },
  [CommandIds.showVersions]: {
    label: "Compare or restore versions of this cell…",
    caption: "List what the active cell was, and put a version back",
    isEnabled: (current) => lineOf(current) !== undefined,
    execute: ({ panel, cell }) => marksOf(panel).open(cell),
  },
};

export const commands: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:commands`,
  description: "trackbook's commands, and a card in the launcher.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
  ) => {
    const current = (): Current | null => {
      const panel = tracker.currentWidget;
      const cell = panel?.content.activeCell;
      return panel && cell ? { panel, cell } : null;
    };
    for (const [id, { label, caption, isEnabled, execute }] of Object.entries(ON_CELLS)) {
      app.commands.addCommand(id, {
        label: `trackbook: ${label}`,
        caption,
        isEnabled: () => {
          const at = current();
          return at !== null && (isEnabled?.(at) ?? true);
        },
        execute: async () => {
          const at = current();
          if (at !== null) await execute(at, app);
        },
      });
    }
    app.commands.addCommand(CommandIds.openPanel, {
      label: "trackbook: Open runs panel",
      caption: "The runs of this notebook and of its experiment",
      execute: () => app.shell.activateById(PANEL_ID),
    });
    app.commands.addCommand(CommandIds.openTable, {
      label: "trackbook: Open run table in a tab",
      caption: "All runs of this notebook's experiment",
      isEnabled: () => selection().project !== null,
      execute: () => {
        const { project } = selection();
        if (project !== null) openTable(app, project);
      },
    });
    app.commands.addCommand(CommandIds.compare, {
      label: "trackbook: Compare selected runs",
      caption: "The runs that are selected in the runs panel, side by side",
      isEnabled: () => selection().run_ids.length > 1,
      execute: () => {
        const { project, run_ids } = selection();
        if (project !== null && run_ids.length > 1) openComparison(app, project.path, run_ids);
      },
    });
    app.commands.addCommand(CommandIds.newNotebook, {
      label: (args) => (args.isPalette ? "trackbook: New tracked notebook" : "Tracked notebook"),
      caption: "A notebook whose cells are recorded as runs",
      icon: (args) => (args.isPalette ? undefined : runsIcon),
      execute: async (args) => {
        const kernelName = String(args.kernelName ?? app.serviceManager.kernelspecs.specs?.default ?? "");
        const made = { ...(args.cwd ? { cwd: String(args.cwd) } : {}), kernelName, activate: true };
        const panel = (await app.commands.execute("notebook:create-new", made)) as NotebookPanel | undefined;
        if (panel === undefined) return;
        await panel.context.ready;
        const shared = panel.content.model?.sharedModel;
        TEMPLATE.forEach((source, index) => {
          if (index === 0 && shared?.cells.length === 1) shared.cells[0]?.setSource(source);
          else shared?.insertCell(index, { cell_type: "code", source });
        });
      },
    });
    const changed = () => app.commands.notifyCommandChanged();
    tracker.currentChanged.connect(changed);
    tracker.activeCellChanged.connect(changed);
    for (const command of Object.values(CommandIds)) {
      palette?.addItem({ command, category: CATEGORY, args: { isPalette: true } });
    }
    launcher?.add({ command: CommandIds.newNotebook, category: "Notebook", rank: 10 });
  },
};
