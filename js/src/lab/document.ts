/**
 * Answers the kernel's question for the notebook as it is open, saved or not.
 *
 *     kernel -> front end   {kind: "document?", id}
 *     front end -> kernel   {kind: "document", id, path, content, dirty, stripped}
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { COMM_TARGET, NAMESPACE } from "./names";

/** The Jupyter server drops a websocket that brings a message of more than 10 MiB. */
const MAX_BYTES = 8_000_000;

interface Content {
  cells?: { cell_type: string; outputs?: unknown }[];
}

/** The notebook's JSON; without its outputs where it would be too large with them. */
export function snapshot(content: Content): { content: Content; stripped: boolean } {
  if (new Blob([JSON.stringify(content)]).size <= MAX_BYTES) return { content, stripped: false };
  const cells = content.cells?.map((cell) => (cell.cell_type === "code" ? { ...cell, outputs: [] } : cell)) ?? [];
  return { content: { ...content, cells }, stripped: true };
}

/** Settles when the comm's subshell can be written to; it reaches a kernel that is busy.  Older front ends have none. */
function subshellOf(comm: Kernel.IComm): Promise<void> {
  return (comm as { subshellStarted?: Promise<void> }).subshellStarted ?? Promise.resolve();
}

function answer(panel: NotebookPanel, comm: Kernel.IComm, id: string): void {
  const { model, path } = panel.context;
  // Taken at once: the document is to be as it was when the cell began.
  const taken = snapshot(model.toJSON() as unknown as Content);
  const reply = { kind: "document", id, path, dirty: model.dirty, ...taken };
  const send = () => {
    if (!comm.isDisposed) comm.send(reply as never);
  };
  // Not awaited in `onMsg`, which would hold up every message of the kernel.
  subshellOf(comm).then(send, send);
}

function listen(panel: NotebookPanel, kernel: Kernel.IKernelConnection): void {
  kernel.registerCommTarget(COMM_TARGET, (comm) => {
    comm.onMsg = ({ content }: KernelMessage.ICommMsgMsg) => {
      const { kind, id } = content.data as { kind?: string; id?: string };
      if (kind === "document?" && typeof id === "string" && !panel.isDisposed) answer(panel, comm, id);
    };
  });
}

function attach(panel: NotebookPanel): void {
  const { sessionContext } = panel;
  const kernel = sessionContext.session?.kernel;
  if (kernel != null) listen(panel, kernel);
  sessionContext.kernelChanged.connect((_, { newValue }) => {
    if (newValue !== null) listen(panel, newValue);
  });
}

export const document: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:document`,
  description: "Tells a notebook's kernel the document as it is open, for the snapshot of a run.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    tracker.forEach(attach);
    tracker.widgetAdded.connect((_, panel) => attach(panel));
  },
};
