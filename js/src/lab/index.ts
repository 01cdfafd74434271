/** What trackbook adds to JupyterLab; each plugin has its own file. */
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";

const plugins: JupyterFrontEndPlugin<void>[] = [];
export default plugins;
