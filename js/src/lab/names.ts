/** Every name that trackbook gives or uses in JupyterLab. */
export const NAMESPACE = "@trackbook/lab";

/** The output of a view: `ViewOutput` as JSON. */
export const VIEW_MIME = "application/vnd.trackbook.view+json";
export const WIDGET_MIME = "application/vnd.jupyter.widget-view+json";

/** The comm by which the kernel asks for the open document: its target, and its id. */
export const COMM_TARGET = "trackbook.frontend";

export const CommandIds = {
  showRuns: "trackbook:show-runs",
} as const;

/** What an output of ours holds under `VIEW_MIME`. */
export interface ViewOutput {
  schema: number;
  view: "card" | "table" | "compare";
  /** the model of the live widget, for as long as its kernel lives */
  widget: string | null;
  run_id: string | null;
  /** static HTML, the same as the output's text/html */
  html: string;
}
