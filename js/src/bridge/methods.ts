/** The questions each widget may ask, typed: method -> params and result.  The table stands in `payloads.ts`. */
import type { Card, Edited, Preview } from "./card";
import type { ChartState, CurveSeries } from "./chart";
import type { CodePair, CompareState } from "./compare";
import type { CurvePiece } from "./payloads";
import type { WrittenFile } from "./record";

export interface Registered {
  name: string;
  version: string;
  aliases: string[];
}

/** What the user said that a name is; `ignore`: neither. */
export type Word = "param" | "metric" | "ignore";
/** Key, or the name before its first dot -> the word that holds in the next runs of the cell. */
export type Words = Record<string, Word>;

interface Method<P, R> {
  params: P;
  result: R;
}

export interface CardMethods {
  card: Method<Record<string, never>, Card>;
  curves: Method<{ keys: string[]; buckets: number }, CurvePiece[]>;
  register: Method<{ path: string; name: string; alias: string | null }, Registered>;
  /** keep a file that the run wrote as an artifact of it */
  keep: Method<{ path: string }, WrittenFile>;
  /** null where the run is of no cell */
  words: Method<Record<string, never>, Words | null>;
  /** a word of null: guess again */
  say: Method<{ key: string; word: Word | null }, Words>;
  preview: Method<{ path: string }, Preview>;
  /** a snapshot of the notebook as its file would be */
  notebook: Method<{ path: string }, { text: string }>;
  /** a value of null takes a note or tag away; `before` is what its writer saw */
  edit: Method<{ what: "name" | "note" | "tag"; key?: string; value: string | null; before: string | null }, Edited>;
  /** make a run, or none, the experiment's baseline; tells which it was */
  baseline: Method<{ run_id: string | null }, string | null>;
  trash: Method<Record<string, never>, null>;
  restore: Method<Record<string, never>, null>;
  /** interrupt the cell */
  stop: Method<Record<string, never>, null>;
  /** the id of a comparison's widget */
  compare: Method<{ with: string }, string>;
}

export type CodeKind = "cell" | "program" | "notebook";

export interface CompareMethods {
  /** with a baseline: that run comes first from now on */
  state: Method<{ baseline?: string }, CompareState>;
  diff: Method<{ what: CodeKind }, CodePair[]>;
  curves: Method<CurvesParams, CurveSeries[]>;
  image: Method<{ run_id: string; path: string }, { uri: string }>;
}

/** Where of an axis, in its own unit: steps, or ms since the epoch or since the run's start. */
export interface CurvesParams {
  runs: string[];
  keys: string[];
  x: "step" | "time" | "relative";
  start: number | null;
  end: number | null;
  buckets: number;
  /** averaged, for the means of groups; else what is least and greatest survives */
  means?: boolean;
}

export interface ChartMethods {
  state: Method<Record<string, never>, ChartState>;
  curves: Method<CurvesParams, CurveSeries[]>;
  image: Method<{ run_id: string; path: string }, { uri: string }>;
}
