/** What trackbook adds to JupyterLab; each plugin has its own file. */
import { ahead } from "./ahead";
import { commands } from "./commands";
import { document } from "./document";
import { loading } from "./loading";
import { marking } from "./marks";
import { outputs } from "./outputs";
import { panel } from "./panel";
import { recording } from "./recording";
import { settings } from "./settings";
import { standing } from "./standby";

export default [settings, standing, ahead, outputs, document, loading, marking, panel, recording, commands];
