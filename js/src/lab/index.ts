/** What trackbook adds to JupyterLab; each plugin has its own file. */
import { commands } from "./commands";
import { document } from "./document";
import { outputs } from "./outputs";

export default [outputs, document, commands];
