/** What is recorded of a run after its cell, in words. */
import type { Card } from "../bridge/card";
import type { CardInput, CardReason, CardRerun, CardSecret, CardSnapshot } from "../bridge/record";
import { formatBytes, grouped, plural } from "./text";
import { formatAbsolute } from "./time";

const DIGITS = 8;

/** The beginning of a digest, with the letter before it that says of what it is. */
export function shortDigest(digest: string): string {
  const at = digest.indexOf(":") + 1;
  return digest.slice(0, at + DIGITS);
}

/** "569 × 30" of a frame, "426 values" of a list, "1.5 kB" of a file, "" where nothing is known. */
export function extent({ shape, size }: CardInput): string {
  if (shape.length === 1) return plural(shape[0] as number, "value");
  if (shape.length > 0) return shape.map(grouped).join(" × ");
  return size === null ? "" : formatBytes(size);
}

const VERDICTS: Record<CardRerun["verdict"], string> = {
  reproducible: "The notebook would run the same code from top to bottom",
  differs: "The notebook would not run the same code from top to bottom",
  unknown: "It is not known whether the notebook would run the same code from top to bottom",
};

export function verdictText(verdict: CardRerun["verdict"]): string {
  return VERDICTS[verdict] ?? VERDICTS.unknown;
}

/** "cell [3] was edited after it ran"; where no cell is concerned, the text alone. */
export function reasonText({ cell, line, text }: CardReason): string {
  if (cell === "" && line === "") return text;
  return `${cell || "a cell"} ${text}`;
}

const LABELS = new Map([
  ["static", "Its cells were found by reading their code"],
  ["traced", "Its cells were found by reading their code and by what they were seen to change and read"],
]);

export function labelTitle(label: string): string {
  return LABELS.get(label) ?? "";
}

const ORIGINS = new Map([
  ["live", "open document"],
  ["file", "saved file"],
  ["file+history", "saved file and the cells executed since"],
  ["history", "executed cells"],
]);

/** "open document, with unsaved changes" */
export function snapshotText({ origin, unsaved }: CardSnapshot): string {
  return `${ORIGINS.get(origin) ?? origin}${unsaved ? ", with unsaved changes" : ""}`;
}

/** Of a notebook that was the same at the start and at the end, one that stands for both. */
export function distinctSnapshots(found: readonly CardSnapshot[]): (CardSnapshot & { since_ms?: number })[] {
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined || found.length < 2 || first.path !== last.path) return [...found];
  return [{ ...last, since_ms: first.taken_ms }];
}

/** "10:35:13" of the day that the run tells */
export function clockText(time_ms: number): string {
  const text = formatAbsolute(time_ms);
  return text.includes(":") ? text.slice(text.lastIndexOf(" ") + 1) : text;
}

const MOST_PLACES = 4;

/** "Secrets were also replaced in", "history.json", " and 2 more": where the cell has no part in it; null for nowhere. */
export function elsewhere(secrets: CardSecret[]): { lead: string; places: string[]; more: string } | null {
  const quiet = secrets.filter((one) => one.quiet).map((one) => one.place.replace(/^trackbook\//, ""));
  const places = [...new Set(quiet)];
  if (places.length === 0) return null;
  const also = quiet.length < secrets.length ? "also " : "";
  const more = places.length > MOST_PLACES ? ` and ${places.length - MOST_PLACES} more` : "";
  return { lead: `Secrets were ${also}replaced in`, places: places.slice(0, MOST_PLACES), more };
}

const MOST_NAME = 60;

/** A file's name for a snapshot: "lesson-fit-v2-end.ipynb". */
export function snapshotName({ notebook, cell, run }: Card, { when }: CardSnapshot): string {
  const stem = (notebook?.path ?? "notebook").replace(/^.*\//, "").replace(/\.ipynb$/, "");
  const what = cell === null ? run.name : `${cell.label}-v${cell.version}`;
  const plain = [stem, what].map((part) => part.replace(/[^\p{L}\p{N}_.-]+/gu, "-").slice(0, MOST_NAME));
  return `${plain.join("-").replace(/-{2,}|^[.-]+/g, "-")}-${when}.ipynb`;
}
