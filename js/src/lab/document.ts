/**
 * Answers the kernel's question for the notebook as it is open, saved or not.
 *
 *     kernel -> front end   {kind: "hello"}
 *     front end -> kernel   {kind: "here", subshell}
 *     kernel -> front end   {kind: "document?", id}
 *     front end -> kernel   {kind: "document", id, path, dirty, part, parts, text}, once for each part of its JSON
 *
 * Both sides know the comm's id, and nobody opens it: the kernel is heard by a page that was loaded again, and a kernel
 * without trackbook is never spoken to.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { partsOf } from "../lib/parts";
import { COMM_TARGET, NAMESPACE } from "./names";

/** Longest wait for a subshell; without one the kernel reads the answer when its cell is over. */
const SUBSHELL_TIMEOUT_MS = 5_000;

const comms = new WeakMap<Kernel.IKernelConnection, Kernel.IComm>();

/** The comm to this kernel, made when it is needed first and again after a restart, which disposes it. */
function commTo(kernel: Kernel.IKernelConnection): Kernel.IComm {
  let comm = comms.get(kernel);
  if (comm === undefined || comm.isDisposed) {
    comm = kernel.createComm(COMM_TARGET, COMM_TARGET);
    comms.set(kernel, comm);
  }
  return comm;
}

/** True when the comm has a subshell, which reaches a busy kernel; its promise never settles where there will be none. */
async function hasSubshell(comm: Kernel.IComm): Promise<boolean> {
  const { subshellStarted } = comm as { subshellStarted?: Promise<void> };
  if (subshellStarted === undefined) return false;
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), SUBSHELL_TIMEOUT_MS));
  return Promise.race([subshellStarted.then(() => true), late]).catch(() => false);
}

async function answer(panel: NotebookPanel, comm: Kernel.IComm, kind: string, id: string): Promise<void> {
  const { model, path } = panel.context;
  if (kind === "hello") {
    const subshell = await hasSubshell(comm);
    if (!comm.isDisposed) comm.send({ kind: "here", subshell });
    return;
  }
  // Taken at once: the document is to be as it is where the kernel asks.
  const parts = partsOf(JSON.stringify(model.toJSON()));
  const about = { kind: "document", id, path, dirty: model.dirty, parts: parts.length };
  await hasSubshell(comm);
  for (const [part, text] of parts.entries()) {
    if (!comm.isDisposed) comm.send({ ...about, part, text });
  }
}

function attach(panel: NotebookPanel): void {
  panel.sessionContext.iopubMessage.connect((context, message) => {
    if (message.header.msg_type !== "comm_msg") return;
    const { comm_id, data } = message.content as KernelMessage.ICommMsgMsg["content"];
    const kernel = context.session?.kernel;
    if (comm_id !== COMM_TARGET || kernel == null || panel.isDisposed) return;
    const { kind, id } = data as { kind?: string; id?: string };
    // Not awaited, which would hold up every message of the kernel.
    if (kind === "hello" || kind === "document?") void answer(panel, commTo(kernel), kind, id ?? "");
  });
}

export const document: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:document`,
  description: "Tells a notebook's kernel the document as it is open, for reports.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    tracker.forEach(attach);
    tracker.widgetAdded.connect((_, panel) => attach(panel));
  },
};
