/** What the server tells its page beside what views ask: the other half is `src/trackbook/server/page/questions.py`. */

export type Role = "none" | "reader" | "editor" | "manager" | "admin";

export interface PageAbout {
  version: string;
  /** null where the server knows no users */
  user: string | null;
  /** those that the user belongs to */
  groups: string[];
  /** everywhere */
  role: Role;
  /** by id, and by name: what is more than that */
  experiments: Record<string, Role>;
  models: Record<string, Role>;
}

export interface PageMark {
  /** another after every change of the store; null where nothing tells cheaply */
  mark: string | null;
}

export interface PageExperiment {
  experiment_id: string;
  name: string;
  note: string;
  runs: number;
  /** when the newest run began */
  newest_ms: number | null;
  created_ms: number;
}
