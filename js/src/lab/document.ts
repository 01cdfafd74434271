/**
 * Answers the kernel's question for the notebook as it is open, saved or not.
 *
 *     kernel -> front end   {kind: "hello"}
 *     front end -> kernel   {kind: "here", subshell}
 *     kernel -> front end   {kind: "document?", id, known?, outputs?, session?}
 *     front end -> kernel   {kind: "document", id, path, dirty, taken_ms, page, part, parts, text, revision?, base?},
 *                           once for each part of its JSON
 *
 * Without `known` the text is the whole document.  With it, the revisions that the kernel has, the text is what makes
 * `revision` of one of them, its `base`: `Changes`, without outputs unless `outputs` asks for them.  Of several pages
 * with this notebook the one whose `session` runs the cell answers first.
 *
 * Both sides know the comm's id, and nobody opens it: the kernel is heard by a page that was loaded again, and a kernel
 * without trackbook is never spoken to.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { partsOf } from "../lib/parts";
import { COMM_TARGET, NAMESPACE } from "./names";
import { eachNotebook } from "./notebooks";
import { told } from "./snapshots";

/** Longest wait for a subshell; without one the kernel reads the answer when its cell is over. */
const SUBSHELL_TIMEOUT_MS = 5_000;
/** How long a page holds its answer back where another page asked for the cell to run. */
const OTHERS_FIRST_MS = 1_500;

/** What a page that was loaded again is told apart by. */
const PAGE = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

interface Question {
  kind?: string;
  id?: string;
  known?: string[];
  outputs?: boolean;
  session?: string;
}

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

const subshells = new WeakMap<Kernel.IComm, Promise<boolean>>();

/** True when the comm has a subshell, which reaches a busy kernel; its promise never settles where there will be none. */
function hasSubshell(comm: Kernel.IComm): Promise<boolean> {
  let known = subshells.get(comm);
  if (known === undefined) {
    const { subshellStarted } = comm as { subshellStarted?: Promise<void> };
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), SUBSHELL_TIMEOUT_MS));
    const started = subshellStarted?.then(() => true) ?? Promise.resolve(false);
    known = Promise.race([started, late]).catch(() => false);
    subshells.set(comm, known);
  }
  return known;
}

async function answer(panel: NotebookPanel, kernel: Kernel.IKernelConnection, question: Question): Promise<void> {
  const { model, path } = panel.context;
  const comm = commTo(kernel);
  if (question.kind === "hello") {
    const subshell = await hasSubshell(comm);
    if (!comm.isDisposed) comm.send({ kind: "here", subshell });
    return;
  }
  // Taken at once: the document is to be as it is where the kernel asks.
  const { text, ...revision } = question.known
    ? told(model, question.known, question.outputs === true)
    : { text: JSON.stringify(model.toJSON()) };
  const taken = { path, dirty: model.dirty, taken_ms: Date.now() };
  const parts = partsOf(text);
  await hasSubshell(comm);
  if (question.session && question.session !== kernel.clientId) {
    await new Promise((resolve) => setTimeout(resolve, OTHERS_FIRST_MS));
  }
  const about = { kind: "document", id: question.id ?? "", page: PAGE, ...taken, ...revision, parts: parts.length };
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
    const question = data as Question;
    // Not awaited, which would hold up every message of the kernel.
    if (question.kind === "hello" || question.kind === "document?") void answer(panel, kernel, question);
  });
}

export const document: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:document`,
  description: "Tells a notebook's kernel the document as it is open, for snapshots and reports.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    eachNotebook(tracker, attach);
  },
};
