/** Every name that trackbook gives or uses in JupyterLab. */
import type { Standby } from "../bridge/standby";

export const NAMESPACE = "@trackbook/lab";

/** The schema in `js/schema`, under the package's name. */
export const SETTINGS = "trackbook-lab:views";

/** The output of a view: `ViewOutput` as JSON. */
export const VIEW_MIME = "application/vnd.trackbook.view+json";
export const WIDGET_MIME = "application/vnd.jupyter.widget-view+json";

/** The comm by which the kernel asks for the open document: its target, and its id. */
export const COMM_TARGET = "trackbook.frontend";

export const CommandIds = {
  showRuns: "trackbook:show-runs",
  trackCell: "trackbook:track-cell",
  openPanel: "trackbook:open-panel",
  openTable: "trackbook:open-table",
  compare: "trackbook:compare-selected",
  showProgram: "trackbook:show-program",
  showVersions: "trackbook:show-versions",
  newNotebook: "trackbook:new-notebook",
} as const;

/** What an output of ours holds under `VIEW_MIME`. */
export interface ViewOutput {
  schema: number;
  view: "card" | "table" | "compare" | "chart" | "registry";
  /** the model of the live widget, for as long as its kernel lives */
  widget: string | null;
  run_id: string | null;
  /** by what the Jupyter server draws it; absent in outputs of older versions */
  standby?: Partial<Standby>;
  /** static HTML, the same as the output's text/html */
  html: string;
}
