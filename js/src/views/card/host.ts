/** What a card asks of whoever shows it.  Left out where nobody answers: then the card is read only. */

import type { Card, Edited, Preview } from "../../bridge/card";
import type { CardMethods, Registered, Word, Words } from "../../bridge/methods";
import type { CurvePiece } from "../../bridge/payloads";
import type { WrittenFile } from "../../bridge/record";

export interface CardHost {
  folded?: boolean;
  onFold?(folded: boolean): void;
  card?(): Promise<Card>;
  curves?(keys: string[], buckets: number): Promise<CurvePiece[]>;
  register?(path: string, name: string, alias: string | null): Promise<Registered>;
  keep?(path: string): Promise<WrittenFile>;
  words?(): Promise<Words | null>;
  say?(key: string, word: Word | null): Promise<Words>;
  preview?(path: string): Promise<Preview>;
  /** where a file of the run can be had whole; left out where it has no address */
  address?(path: string): string;
  /** a snapshot of the notebook, as its file would be */
  notebook?(path: string): Promise<string>;
  /** opens it as a document; the name that it has then, null where the page opens none */
  openNotebook?(name: string, text: string): Promise<string | null>;
  edit?(edit: CardMethods["edit"]["params"]): Promise<Edited>;
  baseline?(run_id: string | null): Promise<string | null>;
  trash?(): Promise<unknown>;
  restore?(): Promise<unknown>;
  stop?(): Promise<unknown>;
  /** draws a comparison with another run, which comes first; false where it cannot be drawn here */
  compare?(run_id: string, place: HTMLElement): Promise<boolean>;
}
