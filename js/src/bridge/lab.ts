/**
 * What the Jupyter server answers to JupyterLab's panel, marks and tabs: the other half is
 * `src/trackbook/jupyter/serving/payloads.py`, the routes stand in `src/trackbook/jupyter/server_extension.py`.
 */
import type { CellPlace, DiffLine, Num, RunHead } from "./payloads";
import type { TableState } from "./table";

export type Goal = "max" | "min";

/** The metric that counts: the run's goal, its best value; else the last of one that most runs beside it have. */
export interface MainMetric {
  key: string;
  /** the best one of a goal, else the last */
  value: Num;
  goal: Goal | null;
}

export interface LabRun {
  run: RunHead;
  cell: CellPlace | null;
  cell_id: string | null;
  metric: MainMetric | null;
  /** the type of the exception that ended it */
  error: string | null;
}

/** A cell line of the notebook. */
export interface LabLine {
  line: string;
  label: string;
  named: boolean;
  cell_ids: string[];
  versions: number;
  newest: LabRun;
  /** the run whose goal has the best value; null where no version has a goal */
  best: LabRun | null;
}

export interface LabRuns {
  schema: number;
  /** trackbook's, in the server's environment */
  version: string;
  notebook: string;
  /** that of the notebook's newest run */
  experiment: { experiment_id: string; name: string } | null;
  total: number;
  /** the newest ones, newest first */
  runs: LabRun[];
  /** of the notebook's cells; none where an experiment was asked for */
  lines: LabLine[];
}

export interface LabVersion extends LabRun {
  version: number;
  execution_count: number | null;
}

export interface LabVersions {
  line: string;
  label: string;
  total: number;
  /** newest first */
  versions: LabVersion[];
}

export interface LabDiff {
  /** of the version, whole */
  source: string;
  same: boolean;
  /** from the cell's present text to the version's source: what putting it back would change */
  lines: DiffLine[];
}

/** What a table begins with. */
export interface LabTable {
  table: TableState;
  /** a run's id, "" for none */
  baseline: string;
}

/** What a kernel says of itself, on the comm. */
export interface Recording {
  kind: "recording";
  /** cells with `%%track`, and all that train, or none but those with `%%track` */
  records: "cells" | "trainings" | "tracked";
  /** trackbook's, in the kernel's environment */
  version: string;
}
