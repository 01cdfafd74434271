/**
 * What the registry's view and Python say to each other: the other half is `src/trackbook/widgets/registry_payloads.py`.
 *
 * | method   | params                                                          | result        |
 * |----------|-----------------------------------------------------------------|---------------|
 * | state    | {search, limit, name: the open model or null}                   | RegistryState |
 * | versions | {name, limit}: the newest ones                                  | VersionPage   |
 * | version  | {name, version}                                                 | VersionDetail |
 * | audit    | {name, token}                                                   | AuditPage     |
 * | runs     | {}: the newest that have a model                                | RunModels[]   |
 * | plan     | Change: what it would do                                        | Plan          |
 * | change   | Change and {seen, reason, open}; refused as "ChangedMeanwhile"  | Changed       |
 * | card     | {run_id}: the run's card as a widget                            | its model's id |
 * | watch    | {on}: a view begins, or ends                                    | null          |
 *
 * Python pushes `RegistryChanged` where what was read last has changed.
 */
import type { CellPlace, Num, RunHead } from "./payloads";
import type { CardInput } from "./record";

export interface KeyValue {
  key: string;
  value: string;
}

export interface AliasPlace {
  alias: string;
  version: string;
}

/** The version with the alias "champion", else the newest one in Production. */
export interface Champion {
  version: string;
  how: "alias" | "stage";
  /** of its run, the last values */
  metrics: Record<string, Num>;
}

export interface ModelRow {
  name: string;
  description: string;
  versions: number;
  latest: string | null;
  aliases: AliasPlace[];
  champion: Champion | null;
  updated_ms: number;
}

/** "alias champion": "v1" becomes "v3"; null for nothing. */
export interface Effect {
  what: string;
  old: string | null;
  new: string | null;
}

export interface AuditRow {
  id: number;
  time_ms: number;
  effect: Effect;
  user: string;
  /** what it was made with: "Python", "registry view" */
  client: string;
  /** from where: "cell [7] of lesson.ipynb" */
  place: string;
  reason: string;
}

export interface AuditPage {
  /** newest first */
  rows: AuditRow[];
  token: string | null;
}

export interface VersionRow {
  version: string;
  aliases: string[];
  /** "None", "Staging", "Production", "Archived" */
  stage: string;
  description: string;
  tags: KeyValue[];
  created_ms: number;
  user: string;
  source: string;
  run: RunHead | null;
  cell: CellPlace | null;
  metrics: Record<string, Num>;
}

export interface VersionPage {
  /** newest first */
  rows: VersionRow[];
  total: number;
}

export type Decision = "approve" | "refuse";

/** A change of a protected model that waits for an approver. */
export interface RequestRow {
  id: string;
  /** "alias champion to v2" */
  words: string;
  user: string;
  reason: string;
  time_ms: number;
}

export interface ModelDetail {
  name: string;
  description: string;
  tags: KeyValue[];
  created_ms: number;
  updated_ms: number;
  aliases: AliasPlace[];
  champion: Champion | null;
  versions: VersionPage;
  audit: AuditPage;
  /** whose word promotions and deletions need; none where the model is not protected */
  approvers?: string[];
  /** newest first; a notebook of an earlier version has saved neither */
  requests?: RequestRow[];
  /** the newest audit entry */
  seen: number;
}

export interface MetricBeside {
  key: string;
  value: Num | null;
  /** null too where the version is the champion itself */
  champion: Num | null;
  delta: Num | null;
}

export interface VersionDetail {
  row: VersionRow;
  /** its number */
  champion: string | null;
  metrics: MetricBeside[];
  /** what its run was given */
  inputs: CardInput[];
  notebook: string | null;
  /** the versions that it is a copy of, the nearest first: "churn v3" */
  copied_from: string[];
}

export interface RegistryState {
  schema: number;
  models: ModelRow[];
  total: number;
  /** the open one */
  model: ModelDetail | null;
}

export interface RunModels {
  run: RunHead;
  paths: string[];
}

export type Action =
  | "register"
  | "alias"
  | "unalias"
  | "stage"
  | "describe"
  | "tag"
  | "rename"
  | "copy"
  | "delete"
  | "protect"
  | "approve"
  | "refuse";

/** A change of a model, or of one version of it; a tag's value of null takes it away. */
export interface Change {
  action: Action;
  name: string;
  version?: string;
  [field: string]: string | boolean | null | undefined;
}

export interface Plan {
  effects: Effect[];
  notes: string[];
  /** why it cannot be done, "" where it can */
  problem: string;
  /** the newest audit entry that it knows of */
  seen: number;
}

export interface Changed {
  /** what was done, in words */
  said: string;
  state: RegistryState;
}

export interface RegistryChanged {
  kind: "registry";
}

export interface RegistryTraits {
  registry: RegistryState;
}

interface Method<P, R> {
  params: P;
  result: R;
}

export interface RegistryMethods {
  state: Method<{ search: string; limit: number; name: string | null }, RegistryState>;
  versions: Method<{ name: string; limit: number }, VersionPage>;
  version: Method<{ name: string; version: string }, VersionDetail>;
  audit: Method<{ name: string; token: string }, AuditPage>;
  runs: Method<Record<string, never>, RunModels[]>;
  plan: Method<Change, Plan>;
  change: Method<Change & { seen: string; reason: string; open: string | null }, Changed>;
  card: Method<{ run_id: string }, string>;
  watch: Method<{ on: boolean }, null>;
}
