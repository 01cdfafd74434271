/** What Python sends of a run card: the other half is `src/trackbook/widgets/card_payloads.py`. */
import type { CurvePiece, DiffLine, Num, RunHead, Status } from "./payloads";
import type { CardRecord } from "./record";

export interface CellHead {
  line: string;
  /** what to call it: its name, else "cell [7]" by the number of this execution */
  label: string;
  /** false where only the notebook's own id tells it from others */
  named: boolean;
  version: number;
  /** true where the line was chosen by similarity of source, having no cell id and no --cell name */
  guessed: boolean;
  previous_run_id: string | null;
  previous_name: string | null;
}

export interface CardParam {
  key: string;
  value: string;
  /** where it was found: a word ("assigned", "read", "computed", "logged"), and what more there is: "assigned in line 3" */
  origin: string;
  /** the previous version's value where it differs, null where it is equal or was not there */
  previous: string | null;
}

export interface CardMetric {
  key: string;
  last: Num;
  step: number;
  count: number;
  min: Num;
  max: Num;
  /** last minus the previous version's last; null where there is none */
  delta: Num | null;
  origin: string;
  /** last minus the baseline's last; not there where there is no other run to measure against */
  baseline?: Num | null;
}

export interface CardModel {
  /** artifact path within the run, e.g. "model" */
  path: string;
  flavor: string;
  class_name: string;
  registered: { name: string; version: string; aliases: string[] }[];
}

/** How far a running cell is, and of how much: a bar that it shows, or a loop whose variable is the step. */
export interface CardProgress {
  /** null: told by the steps of the metrics */
  seen: number | null;
  /** the step that counts as the first */
  first: number;
  /** null where it is not known */
  total: number | null;
  unit: string;
  /** where the total is from, for people: "tqdm", "for epoch in range(epochs)" */
  source: string;
}

/** The metric that counts, and which way. */
export interface CardGoal {
  key: string;
  direction: "max" | "min";
}

export interface CardValue {
  key: string;
  value: Num;
}

export interface RelatedRun {
  run_id: string;
  /** "" where it is gone */
  name: string;
  status: string;
  metric: CardValue | null;
}

/** What is said of a run, and whom it belongs to. */
export interface CardAbout {
  note: string;
  goal: CardGoal | null;
  /** the run that others of the experiment are measured against, where it is another one */
  baseline: RelatedRun | null;
  is_baseline: boolean;
  parent: RelatedRun | null;
  /** the first ones that were started inside it */
  children: RelatedRun[];
  child_count: number;
  progress: CardProgress | null;
  trashed: boolean;
}

/** `saved` is false where it was changed meanwhile; `value` is what it is now, null for none. */
export interface Edited {
  saved: boolean;
  value: string | null;
}

/** An artifact as data that no page executes. */
export interface Preview {
  kind: "text" | "table" | "notebook" | "image" | "none";
  text: string;
  /** of a table, the first is the head; of a notebook its cells: type, number of the execution, source */
  rows: string[][];
  /** of a picture, "data:" */
  uri: string | null;
  /** what is left out, or why nothing is shown */
  said: string;
}

export interface Card {
  schema: 1;
  run: RunHead;
  cell: CellHead | null;
  params: CardParam[];
  metrics: CardMetric[];
  /** of the machine, "system/..."; shown apart */
  system: CardMetric[];
  tags: { key: string; value: string }[];
  models: CardModel[];
  artifacts: { path: string; size: number | null }[];
  artifact_count: number;
  diff: DiffLine[] | null;
  error: { type: string; message: string; traceback: string } | null;
  environment: {
    python: string;
    platform: string;
    packages: number;
    git: { commit: string; branch: string; dirty: boolean } | null;
  } | null;
  notebook: { path: string | null; cells: number } | null;
  warnings: string[];
  /** what was taken for neither param nor metric, and why; not there in what older versions saved */
  left_out?: string[];
  /** null until it is known; not there in what older versions saved */
  record?: CardRecord | null;
  /** not there in what older versions saved */
  about?: CardAbout;
}

/** Pushed while a run goes on, a few times a second at most. */
export interface CardDelta {
  kind: "delta";
  /** rises by one each time; a gap means that a full card should be asked for */
  seq: number;
  status: Status;
  end_ms: number | null;
  metrics: CardMetric[];
  curves: CurvePiece[];
  /** where it is another than before */
  progress?: CardProgress | null;
  /** of the machine, those that changed */
  system?: CardMetric[];
}

/** A whole new card, pushed when the run ended and all is known. */
export interface CardReplaced {
  kind: "card";
  card: Card;
}

/** Synced traits of each widget. */
export interface CardModelState {
  card: Card;
  folded: boolean;
}
