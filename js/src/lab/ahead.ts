/**
 * The code of a card comes to the page when a kernel has loaded trackbook, and not when the first card waits for it.
 *
 * The Jupyter server has it under the same hash as the kernel, unless theirs are different versions: then the card brings
 * its own, as it does where no server has it.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { importCode } from "../loader/page";
import { type Code, shelfOf } from "../loader/shelf";
import { type KernelWatch, kernelOf } from "./kernels";
import { NAMESPACE } from "./names";
import { eachNotebook } from "./notebooks";
import { read } from "./server";

/** In the order in which they need each other. */
const BUNDLES = ["shared", "card"];

let isTaken = false;

async function take(): Promise<void> {
  const { value: hashes } = await read<Record<string, string>>("code", {});
  for (const hash of BUNDLES.map((name) => hashes?.[name])) {
    if (hash !== undefined) await shelfOf(hash, importCode).take(() => codeOf(hash));
  }
}

async function codeOf(hash: string): Promise<Code> {
  return (await read<Code>(`code/${hash}`, {})).value as Code;
}

function look(kernel: KernelWatch): void {
  if (kernel.state === "none" || kernel.state === "unknown" || kernel.state === "missing") return;
  if (isTaken) return;
  isTaken = true;
  take().catch(() => {
    isTaken = false; // the card brings it, or the next kernel's state asks again
  });
}

export const ahead: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:ahead`,
  description: "Fetches the code of a card before the first is shown.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    const follow = (panel: NotebookPanel) => {
      const kernel = kernelOf(panel);
      kernel.changed.connect(look);
      look(kernel);
    };
    eachNotebook(tracker, follow);
  },
};
