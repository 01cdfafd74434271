/**
 * What has changed in a document since the kernel was told of it.
 *
 * The last few revisions are remembered, and not only the last one: questions follow each other faster than answers
 * arrive, an answer may be lost, and a kernel that was restarted knows none.
 */

export interface Cell {
  id?: unknown;
  [name: string]: unknown;
}

/** A notebook's document; what is not a cell is its head. */
export interface Document {
  cells: readonly Cell[];
  [name: string]: unknown;
}

/** What makes the document of a revision from that of its base; all of it where there is no base. */
export interface Told {
  revision: string;
  base: string | null;
  /** JSON of `Changes` */
  text: string;
}

export interface Changes {
  /** all but the cells, where that has changed */
  head?: Record<string, unknown>;
  /** the keys of the cells, where cells have come, gone or moved */
  order?: string[];
  /** key -> cell, of those that are new or have changed */
  cells: Record<string, unknown>;
}

interface Revision {
  name: string;
  head: string;
  order: string;
  /** key -> JSON */
  cells: ReadonlyMap<string, string>;
}

const MOST = 8;

export class Revisions {
  private readonly kept: Revision[] = [];
  private count = 0;

  /** `page` is a name that no other page has. */
  constructor(private readonly page: string) {}

  /** The document, told to a kernel that knows the revisions `known`. */
  tell(document: Document, known: readonly string[]): Told {
    const now = this.note(document);
    const base = this.kept.findLast(({ name }) => known.includes(name)) ?? null;
    return { revision: now.name, base: base?.name ?? null, text: changes(base, now) };
  }

  /** A new revision, or the last one where nothing has changed. */
  private note({ cells, ...head }: Document): Revision {
    const texts = new Map<string, string>();
    for (const cell of cells) texts.set(keyOf(cell.id, texts), JSON.stringify(cell));
    const order = JSON.stringify([...texts.keys()]);
    const last = this.kept.at(-1);
    const now = { name: `${this.page}:${this.count + 1}`, head: JSON.stringify(head), order, cells: texts };
    if (last !== undefined && changes(last, now) === NOTHING) return last;
    this.count += 1;
    this.kept.push(now);
    if (this.kept.length > MOST) this.kept.shift();
    return now;
  }
}

const NOTHING = '{"cells":{}}';

/** A cell's id; copied cells may share one, and some have none. */
function keyOf(id: unknown, taken: ReadonlyMap<string, string>): string {
  const wished = typeof id === "string" ? id : "";
  let key = wished;
  for (let number = 2; taken.has(key); number++) key = `${wished}#${number}`;
  return key;
}

/** Put together from the JSON that is there already. */
function changes(base: Revision | null, now: Revision): string {
  const parts: string[] = [];
  if (base?.head !== now.head) parts.push(`"head":${now.head}`);
  if (base?.order !== now.order) parts.push(`"order":${now.order}`);
  const cells = [...now.cells].filter(([key, text]) => base?.cells.get(key) !== text);
  parts.push(`"cells":{${cells.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(",")}}`);
  return `{${parts.join(",")}}`;
}
