/**
 * After a restart a kernel knows no magic of ours, and IPython's error does not say why.  The page does, and offers to
 * load trackbook and to run the cell again.  Nothing is loaded unless the offer is taken: it runs the notebook's own
 * cell with `%load_ext trackbook`, or puts one above.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import type { Cell } from "@jupyterlab/cells";
import { INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import { isUnloaded, loaderAmong } from "../lib/unloaded";
import { kernelOf } from "./kernels";
import { NAMESPACE } from "./names";
import { eachNotebook } from "./notebooks";

const LOAD = "%load_ext trackbook";
const SAID = `This kernel has not loaded trackbook: ${LOAD} does, once in each kernel.`;

const offers = new WeakMap<NotebookPanel, string>();

function withdraw(panel: NotebookPanel): void {
  const offer = offers.get(panel);
  if (offer !== undefined) Notification.dismiss(offer);
  offers.delete(panel);
}

function loaderOf({ content }: NotebookPanel): number {
  return loaderAmong(content.widgets.map(({ model }) => (model.type === "code" ? model.sharedModel.getSource() : "")));
}

async function run({ content, sessionContext }: NotebookPanel, index: number): Promise<boolean> {
  content.activeCellIndex = index;
  content.deselectAll();
  return NotebookActions.run(content, sessionContext);
}

/** Runs the cell that loads trackbook, and then the one that asked for it. */
async function load(panel: NotebookPanel, cell: Cell): Promise<void> {
  const { content } = panel;
  const place = () => content.widgets.indexOf(cell);
  let loader = loaderOf(panel);
  if (loader < 0) {
    content.activeCellIndex = place();
    NotebookActions.insertAbove(content);
    content.activeCell?.model.sharedModel.setSource(LOAD);
    loader = content.activeCellIndex;
  }
  if ((await run(panel, loader)) && place() >= 0) await run(panel, place());
}

function offer(panel: NotebookPanel, cell: Cell): void {
  withdraw(panel);
  const first = loaderOf(panel) < 0 ? "Puts a cell above with" : "Runs the cell with";
  const action = {
    label: "Load it and run again",
    caption: `${first} ${LOAD}, then this cell`,
    callback: () => void load(panel, cell),
  };
  offers.set(panel, Notification.warning(SAID, { autoClose: false, actions: [action] }));
}

export const loading: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:loading`,
  description: "Says why a kernel knows no magic of trackbook's, and offers to load it.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    NotebookActions.executed.connect((_, { notebook, cell, error }) => {
      const panel = tracker.find(({ content }) => content === notebook);
      if (panel !== undefined && error && isUnloaded(error.errorName, error.errorValue)) offer(panel, cell);
    });
    const follow = (panel: NotebookPanel) => {
      kernelOf(panel).changed.connect((kernel) => {
        if (kernel.state !== "unknown") withdraw(panel);
      });
      panel.disposed.connect(() => withdraw(panel));
    };
    eachNotebook(tracker, follow);
  },
};
