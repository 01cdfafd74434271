/** A run as JupyterLab's views have it. */
import type { LabRun } from "../bridge/lab";

export function labRun(run_id: string, more: Partial<LabRun> = {}): LabRun {
  const head = { run_id, name: run_id, experiment_id: "1", experiment: "e", status: "FINISHED", user: "" } as const;
  return { run: { ...head, start_ms: 0, end_ms: 1 }, cell: null, cell_id: null, metric: null, error: null, ...more };
}
