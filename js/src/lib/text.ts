/** Text that anyone may have typed, made fit to be shown on one line.  Markup is no danger here: views only set text. */

/** Newlines become a visible mark, other control characters their pictures, so that nothing hides or breaks a row. */
export function oneLine(text: string): string {
  return (
    text
      .replace(/\s*\r?\n\s*/g, " ↵ ")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (c) =>
        String.fromCharCode(c === "\u007f" ? 0x2421 : 0x2400 + c.charCodeAt(0)),
      )
  );
}

/** Cut for a title or a message, at `limit` characters; surrogate pairs stay whole. */
export function shorten(text: string, limit: number): string {
  const letters = [...text];
  return letters.length <= limit ? text : `${letters.slice(0, limit - 1).join("")}…`;
}

/** The same in the middle, for names whose ends tell them apart; as `charts/labels.py` cuts them. */
export function cutMiddle(text: string, limit: number): string {
  const letters = [...text];
  if (letters.length <= limit) return text;
  const tail = Math.floor(limit / 3);
  const cut = `${letters.slice(0, limit - tail - 1).join("")}…${letters.slice(letters.length - tail).join("")}`;
  return cut.replace(/…{2,}/, "…"); // of a name that was cut before
}

/** A name for a registered model, proposed from an experiment's: without what the registry refuses. */
export function modelName(experiment: string): string {
  const name = oneLine(experiment)
    .replace(/[/:\\\s]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return shorten(name, 100) || "model";
}

/** "1 run", "2 runs", "12,000 runs" */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** 12000 -> "12,000" */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 1536 -> "1.5 kB" */
export function formatBytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toPrecision(2)} ${units[unit]}`;
}

/** What tells a cell line from others of its notebook: "analysis.ipynb#svm" -> "svm". */
export function cellLabel(line: string): string {
  return line.slice(line.lastIndexOf("#") + 1) || line;
}

/** "sklearn.svm._classes.SVC" -> "SVC" */
export function className(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1) || path;
}
