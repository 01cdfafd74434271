/** A traceback as lines that a reader can tell apart: where a frame begins, and which line it stands at. */

export interface TraceLine {
  text: string;
  kind: "frame" | "here" | "plain";
  /** of the notebook's own cells */
  cell: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const COLOURS = /\u001b\[[0-9;]*m/g;
const CELL = /^\s*(?:File )?"?(?:Cell In\s?\[\d+\]|<ipython-input-[^>]*>|Input In \[\d+\])/;
const FRAME = /^\s*(?:File |Cell In|<ipython-input|Input In|~?\/[^\s:]+:\d+)/;
const HERE = /^\s*-+>/;

export function traceLines(traceback: string): TraceLine[] {
  let cell = false;
  const lines = traceback.replace(COLOURS, "").replace(/\n+$/, "").split("\n");
  return lines.map((text, i) => {
    const frame = FRAME.test(text);
    if (frame) cell = CELL.test(text);
    // Python's own tracebacks have the line below the frame, without an arrow.
    const below =
      i > 0 && FRAME.test(lines[i - 1] as string) && !frame && /^\s{2,}\S/.test(text) && !/^\s*\d+ /.test(text);
    return { text, kind: frame ? "frame" : HERE.test(text) || below ? "here" : "plain", cell };
  });
}

/** The last line of the notebook's own code on the way to the error, with its number; null where there is none. */
export function cellLine(lines: readonly TraceLine[]): { line: number | null; text: string } | null {
  const at = lines.findLastIndex(({ kind, cell }) => kind === "here" && cell);
  const here = lines[at];
  if (here === undefined) return null;
  const arrow = /^\s*-+>\s*(\d+)\s?(.*)$/.exec(here.text);
  const head = lines.slice(0, at).findLast(({ kind }) => kind === "frame");
  const number = arrow?.[1] ?? /line (\d+)/.exec(head?.text ?? "")?.[1];
  return { line: number === undefined ? null : Number(number), text: (arrow?.[2] ?? here.text).trim() };
}
