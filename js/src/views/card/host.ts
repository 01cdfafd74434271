/** What a card asks of whoever shows it.  Left out where nobody answers: then the card is read only. */
import type { Registered, Word, Words } from "../../bridge/methods";
import type { Card, CurvePiece, WrittenFile } from "../../bridge/payloads";

export interface CardHost {
  folded?: boolean;
  onFold?(folded: boolean): void;
  card?(): Promise<Card>;
  curves?(keys: string[], buckets: number): Promise<CurvePiece[]>;
  register?(path: string, name: string, alias: string | null): Promise<Registered>;
  keep?(path: string): Promise<WrittenFile>;
  words?(): Promise<Words | null>;
  say?(key: string, word: Word | null): Promise<Words>;
}
