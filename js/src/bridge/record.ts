/** What Python sends of a run's record, in its card: the other half is `src/trackbook/widgets/record_payloads.py`. */

/** A file, frame or array that the run was given. */
export interface CardInput {
  name: string;
  /** of its content, "" where there is none; "s:" before that of a sample, "f:" of a folder's names, "u:" of an address */
  digest: string;
  /** bytes */
  size: number | null;
  /** of a frame or array; empty for a file */
  shape: number[];
  /** how it was seen: "opened", "opened by an earlier cell [3]", "passed to fit", "logged" */
  seen: string;
  /** what more there is to say of it, "" for nothing: "of a sample, tracked by DVC" */
  remark: string;
}

/** Why the notebook would not run the same code: `text` says it of the cell, or alone where there is no cell. */
export interface CardReason {
  /** "cell [3]", "" where its number is not known or no cell is concerned */
  cell: string;
  /** the cell's first line */
  line: string;
  text: string;
}

export interface CardRerun {
  /** would the notebook run the same code from top to bottom? */
  verdict: "reproducible" | "differs" | "unknown";
  reasons: CardReason[];
  /** how the cells it depends on were found: "static" or "traced" */
  label: string;
  /** how many they are, its own among them */
  cells: number;
  /** where they lie as a script, among the artifacts */
  program: string | null;
}

/** A file that the cell wrote, offered as an artifact. */
export interface WrittenFile {
  path: string;
  /** bytes */
  size: number;
  /** the artifact's path, once it is kept */
  kept: string | null;
}

export interface CardSnapshot {
  when: "start" | "end";
  /** "live": the open document; "file"; "file+history": with what was executed since; "history": the executed cells */
  origin: string;
  /** of the open document: it was not saved so */
  unsaved: boolean;
  taken_ms: number;
  /** among the artifacts */
  path: string;
}

/** A secret that was replaced by its kind. */
export interface CardSecret {
  kind: string;
  place: string;
  line: number | null;
  /** not the cell's own doing: in the environment, in cells before it, in the document */
  quiet?: boolean;
}

export interface PackageChange {
  name: string;
  /** version in the run before; null where it was not there */
  before: string | null;
  after: string | null;
}

/** What is recorded after the cell has ended. */
export interface CardRecord {
  /** the first ones */
  inputs: CardInput[];
  input_count: number;
  rerun: CardRerun | null;
  written: WrittenFile[];
  written_count: number;
  snapshots: CardSnapshot[];
  secrets: CardSecret[];
  /** against the version before; null where there is nothing to compare */
  packages: PackageChange[] | null;
  /** of a run that was gone on with, the first one first; the rest of the record is that of the last one */
  executions?: CardExecution[];
}

/** One execution of a run that has several. */
export interface CardExecution {
  number: number;
  /** as it ended; "" where that is not known */
  status: string;
  start_ms: number;
  /** the notebook or script */
  source: string;
  /** among the artifacts: where its record lies */
  folder: string;
}
