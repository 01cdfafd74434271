/** Lets widgets ask the Jupyter server where their kernel is busy, by the notebook in which they stand. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { PathExt } from "@jupyterlab/coreutils";
import { INotebookTracker } from "@jupyterlab/notebook";
import { offerServer } from "../bridge/standby";
import { VERSION } from "../lib/version";
import { NAMESPACE } from "./names";
import { ask } from "./server";

const MOST_NAMES = 100;

/** Writes a notebook beside another, over nothing that is there, and opens it without a kernel of its own. */
async function openCopy(app: JupyterFrontEnd, beside: string, name: string, text: string): Promise<string> {
  const { contents } = app.serviceManager;
  const [stem, suffix] = [PathExt.basename(name, ".ipynb"), ".ipynb"];
  for (let n = 1; n <= MOST_NAMES; n++) {
    const path = PathExt.join(PathExt.dirname(beside), n === 1 ? name : `${stem}-${n}${suffix}`);
    const there = await contents.get(path, { content: false }).then(
      () => true,
      () => false,
    );
    if (there) continue;
    await contents.save(path, { type: "notebook", format: "json", content: JSON.parse(text) });
    await app.commands.execute("docmanager:open", { path, kernelPreference: { shouldStart: false } });
    return path;
  }
  throw new Error(`There are ${MOST_NAMES} notebooks of this name already.`);
}

export const standing: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:standby`,
  description: "Answers the widgets of a notebook from the Jupyter server while its kernel is busy.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker) => {
    offerServer((el) => {
      const panel = tracker.find((one) => one.node.contains(el));
      if (panel === undefined) return null;
      return {
        ask: (route, question) => ask(route, { path: panel.context.path }, question),
        interrupt: async () => panel.sessionContext.session?.kernel?.interrupt(),
        openNotebook: (name, text) => openCopy(app, panel.context.path, name, text),
      };
    }, VERSION);
  },
};
