/** What JupyterLab's panel, marks and status bar say of runs. */
import type { LabLine, LabRun, LabRuns, MainMetric, Recording } from "../bridge/lab";
import { equals } from "./conditions";
import { formatNumber } from "./number";
import { oneLine, plural } from "./text";
import { formatElapsed } from "./time";

/** Whether a run holds every word that was typed, in its name, cell, status, metric or experiment. */
export function matches({ run, cell, metric, error }: LabRun, typed: string): boolean {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const version = cell === null ? "" : `${cell.label} v${cell.version}`;
  const text =
    `${run.name} ${version} ${run.status} ${run.experiment} ${error ?? ""} ${metric?.key ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Cell id -> its line; a line that two cells share stands at both. */
export function linesByCell(runs: LabRuns | null): Map<string, LabLine> {
  const found = new Map<string, LabLine>();
  for (const line of runs?.lines ?? []) {
    // Lines come newest first: of a cell with two of them the one that ran last counts.
    for (const id of line.cell_ids) if (!found.has(id)) found.set(id, line);
  }
  return found;
}

/** The filter by which a table has the runs of a notebook. */
export const ofNotebook = (notebook: string): string => equals("tags.trackbook.notebook.path", notebook);

/** "val_accuracy 0.974" */
export function metricText({ key, value }: MainMetric): string {
  return `${oneLine(key)} ${formatNumber(value)}`;
}

/** "3 versions, the last finished, best val_accuracy 0.974": for those who hear the mark. */
export function markName({ label, versions, newest, best }: LabLine): string {
  const last = `the last ${newest.run.status.toLowerCase()}`;
  const value = best?.metric ? `, best ${metricText(best.metric)}` : "";
  return `Versions of ${oneLine(label)}: ${plural(versions, "version")}, ${last}${value}`;
}

/** What is known of a kernel's recording. */
export type Kernel = "none" | "unknown" | "missing" | Recording["records"];

export interface Status {
  text: string;
  title: string;
  /** whether something is being recorded: never told by colour alone */
  mark: "running" | "on" | "off";
}

const RECORDS: Record<Recording["records"], { text: string; title: string }> = {
  cells: { text: "Recording %%track cells", title: "Each cell with %%track becomes a run." },
  trainings: {
    text: "Recording cells that train",
    title: "Each cell that trains or logs becomes a run, and each with %%track. %track off ends it.",
  },
  tracked: {
    text: "Recording off",
    title: "Nothing but cells with %%track is recorded until %track on.",
  },
};

/** The status bar's words: the running run, else what the kernel would record. */
export function statusOf(kernel: Kernel, runs: LabRuns | null, now_ms: number): Status {
  const running = runs?.runs.find((one) => one.run.status === "RUNNING");
  if (running !== undefined && kernel !== "none") {
    const { run } = running;
    const text = `${oneLine(run.name)} · ${formatElapsed(now_ms - run.start_ms - (run.paused_ms ?? 0))}`;
    return {
      text,
      title: `Run ${oneLine(run.name)} of ${oneLine(run.experiment)} is being recorded.`,
      mark: "running",
    };
  }
  if (kernel === "none")
    return { text: "No kernel", title: "Stored runs are shown; nothing is recorded.", mark: "off" };
  if (kernel === "missing") {
    return { text: "trackbook is missing in this kernel", title: MISSING, mark: "off" };
  }
  if (kernel === "unknown" && (runs?.total ?? 0) > 0) {
    const title =
      "This page has not heard from trackbook in this kernel: %load_ext trackbook loads it, %track status tells.";
    return { text: "Recording not known", title, mark: "off" };
  }
  if (kernel === "unknown") {
    return {
      text: "Not recording",
      title: "Run %load_ext trackbook in this notebook to record its cells.",
      mark: "off",
    };
  }
  const { text, title } = RECORDS[kernel];
  const experiment = runs?.experiment ? ` · ${oneLine(runs.experiment.name)}` : "";
  return { text: `${text}${kernel === "tracked" ? "" : experiment}`, title, mark: kernel === "tracked" ? "off" : "on" };
}

export const MISSING =
  "The kernel's environment has no trackbook. Run %pip install trackbook in a cell of this notebook, then %load_ext trackbook.";
