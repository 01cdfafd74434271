/**
 * The rows of a table: blocks of them, fetched as they come into sight, with the values of the columns in sight.
 *
 * A new query is asked with its first block; until that has come, and if it is refused, the old rows stay.  Rows that
 * are all here are sorted here, so that a small table never waits.  Columns that come into sight later are fetched for
 * the rows that lack them.
 */
import type { AskTable, RowsChanged, TableRow, TableState } from "../../bridge/table";
import { Blocks } from "../../lib/blocks";
import { sameOrder } from "../../lib/order";
import { sortedRows } from "../../lib/sorting";
import type { Query } from "./host";

const BLOCK = 100;
/** Rows asked for at once where only their ids are wanted. */
const WIDE = 1000;
const MOST_CELLS = 200;

/** A change of the query that is asked for. */
interface Waiting {
  readonly turn: number;
  readonly change: Partial<Query>;
}

export class Source {
  query: Query;
  private blocks: Blocks<TableRow>;
  /** runs without any filter; null until known */
  unfiltered: number | null;
  private latest = 0;
  /** changes of the query that are asked for and not answered, in order */
  private waiting: readonly Waiting[] = [];
  /** columns that were asked for, by row: what a row lacks of these it has not */
  private readonly read = new WeakMap<TableRow, ReadonlySet<string>>();
  private isFilling = false;
  /** value columns in sight */
  private inSight: string[] = [];

  constructor(
    state: TableState,
    private readonly ask_: AskTable,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {
    this.query = queryOf(state);
    this.blocks = this.blocksOf(state.total, state.rows, state.columns);
    this.unfiltered = unfilteredOf(state);
    this.inSight = state.columns.slice(0, 20);
  }

  get total(): number {
    return this.blocks.total;
  }

  /** The query as it will be once all has come that is asked for: what a further change begins with. */
  get wanted(): Query {
    return Object.assign({}, this.query, ...this.waiting.map(({ change }) => change));
  }

  /** Whether something is asked for that no answer has brought. */
  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  row(index: number): TableRow | undefined {
    return this.blocks.at(index);
  }

  knows(row: TableRow, key: string): boolean {
    return this.read.get(row)?.has(key) ?? false;
  }

  /** Python sent a new state. */
  reset(state: TableState): void {
    this.latest += 1;
    this.waiting = [];
    this.query = queryOf(state);
    this.blocks = this.blocksOf(state.total, state.rows, state.columns);
    this.unfiltered = unfilteredOf(state) ?? this.unfiltered;
    this.changed();
  }

  /**
   * Asks for another query; false where a later one has overtaken this, which asks for this change, too.
   * Throws what the host throws.  `arrived` is called before anything is drawn of the answer.
   */
  async ask(change: Partial<Query>, arrived: () => void): Promise<boolean> {
    this.latest += 1;
    const turn = this.latest;
    const query = { ...this.wanted, ...change };
    if (this.sortHere(query, arrived)) {
      this.waiting = without(this.waiting, change);
      return true;
    }
    const asked = [...without(this.waiting, change), { turn, change }];
    this.waiting = asked;
    const columns = query.columns === this.query.columns ? this.inSight : query.columns.slice(0, 20);
    const other = query.view !== this.query.view;
    try {
      const { total, rows } = await this.ask_("rows", { ...rowsQuery(query), columns, offset: 0, limit: BLOCK });
      if (turn !== this.latest) return false;
      // Other columns may have been chosen while the answer was awaited.
      this.query = { ...query, columns: this.wanted.columns };
      this.waiting = [];
      this.blocks = this.blocksOf(total, rows, columns);
    } catch (error) {
      this.waiting = this.waiting.filter((one) => one.turn !== turn);
      // What was refused with one that has been refused by itself is asked once more without that.
      const turns = new Set([turn, ...this.waiting.map((one) => one.turn)]);
      const isAlone = asked.every((one) => turns.has(one.turn));
      if (turn !== this.latest || isAlone) throw error;
      return this.ask(change, arrived);
    }
    if (query.filter === "") this.unfiltered = this.total;
    else if (other) this.unfiltered = null;
    arrived();
    this.changed();
    return true;
  }

  /** Another order of the same runs, which the rows here do not stand in. */
  arrange(change: Partial<Query>): void {
    this.query = { ...this.query, ...change };
    this.waiting = without(this.waiting, change);
  }

  /** What is asked for and has no answer is not wanted any more. */
  forget(): void {
    this.waiting = [];
  }

  /** Other columns of the same rows: nothing but these columns has to be fetched. */
  setColumns(columns: string[]): void {
    this.query = { ...this.query, columns };
    this.waiting = without(this.waiting, { columns });
    this.changed();
  }

  /** Reads all in sight again, showing what there is meanwhile. */
  async refresh(first: number, last: number): Promise<void> {
    const { query } = this;
    const offset = Math.max(0, Math.floor(first / BLOCK) * BLOCK);
    const limit = Math.min(WIDE, last - offset + 1);
    const columns = this.inSight;
    const { total, rows } = await this.ask_("rows", { ...rowsQuery(query), columns, offset, limit });
    if (query !== this.query) return;
    this.renew(total, offset, rows, columns);
  }

  /** Python pushed rows that have changed; false where they are an answer to another question. */
  take(pushed: RowsChanged): boolean {
    const { filter, order_by, view } = this.query;
    if (pushed.filter !== filter || pushed.view !== view || !sameOrder(pushed.order_by, order_by)) return false;
    this.unfiltered = pushed.unfiltered;
    this.renew(pushed.total, pushed.offset, pushed.rows, pushed.columns);
    return true;
  }

  /** Fetches what is missing of rows [first, last) and of these columns. */
  ensure(first: number, last: number, columns: readonly string[]): void {
    this.inSight = [...columns];
    for (const offset of this.blocks.claim(first, last - 1)) void this.fetch(offset);
    void this.fill(first, last, columns);
  }

  /** Ids of rows [first, last], in order; fetches those that are not known yet. */
  async ids(first: number, last: number): Promise<string[]> {
    const { blocks, query } = this;
    const ids: string[] = [];
    for (let index = first; index <= Math.min(last, blocks.total - 1); index += 1) {
      const known = blocks.at(index);
      if (known !== undefined) {
        ids.push(known.run.run_id);
        continue;
      }
      const limit = Math.min(WIDE, last - index + 1);
      const { rows } = await this.ask_("rows", { ...rowsQuery(query), columns: [], offset: index, limit });
      if (rows.length === 0) break;
      ids.push(...rows.map((row) => row.run.run_id));
      index += rows.length - 1;
    }
    return ids;
  }

  find(run_id: string): TableRow | undefined {
    for (const [, row] of this.blocks.known()) if (row.run.run_id === run_id) return row;
    return undefined;
  }

  /** The place of a run among the rows that are here, near an index where it stood before; -1 where it is not. */
  placeOf(run_id: string): number {
    for (const [index, row] of this.blocks.known()) if (row.run.run_id === run_id) return index;
    return -1;
  }

  /** The rows that are here. */
  *known(): Iterable<TableRow> {
    for (const [, row] of this.blocks.known()) yield row;
  }

  /** How many runs there are without the filter; asked once, and only where it is not known anyway. */
  async countAll(): Promise<void> {
    if (this.unfiltered !== null) return;
    const { view } = this.query;
    const { total } = await this.ask_("rows", { filter: "", order_by: [], view, columns: [], offset: 0, limit: 1000 });
    this.unfiltered ??= total;
    this.changed();
  }

  /** Values of some rows that were fetched elsewhere (the baseline's), remembered as read. */
  remember(rows: readonly TableRow[], columns: readonly string[]): void {
    const set = new Set(columns);
    for (const row of rows) this.read.set(row, set);
  }

  private sortHere(query: Query, arrived: () => void): boolean {
    const old = this.query;
    const onlyOrder =
      query.filter === old.filter && query.view === old.view && !sameOrder(query.order_by, old.order_by);
    if (!onlyOrder || this.total === 0 || !this.blocks.knows(0, this.total - 1)) return false;
    const rows = [...this.blocks.known()].sort(([a], [b]) => a - b).map(([, row]) => row);
    const sorted = sortedRows(rows, query.order_by, (row, key) => this.knows(row, key));
    if (sorted === null) return false;
    this.query = query;
    const blocks = new Blocks<TableRow>(sorted.length, BLOCK);
    blocks.put(0, sorted);
    this.blocks = blocks;
    arrived();
    this.changed();
    return true;
  }

  private renew(total: number, offset: number, rows: readonly TableRow[], columns: readonly string[]): void {
    this.blocks = this.blocks.renewed(total);
    this.keep(offset, rows, columns);
    this.changed();
  }

  private async fetch(offset: number): Promise<void> {
    const { blocks, query } = this;
    const columns = this.inSight;
    try {
      const { total, rows } = await this.ask_("rows", { ...rowsQuery(query), columns, offset, limit: BLOCK });
      blocks.total = total;
      blocks.release(offset);
      if (blocks !== this.blocks) return;
      this.keep(offset, rows, columns);
      this.changed();
    } catch (error) {
      blocks.release(offset);
      if (blocks === this.blocks) this.failed(error);
    }
  }

  /** Fetches columns that rows in sight lack; one such question at a time. */
  private async fill(first: number, last: number, columns: readonly string[]): Promise<void> {
    if (this.isFilling || columns.length === 0) return;
    const { blocks } = this;
    const lacking: [number, TableRow][] = [];
    const wanted = new Set<string>();
    for (let index = first; index < last; index += 1) {
      const row = blocks.at(index);
      if (row === undefined) continue;
      const lacks = columns.filter((key) => !this.knows(row, key));
      if (lacks.length === 0) continue;
      lacking.push([index, row]);
      for (const key of lacks.slice(0, MOST_CELLS)) wanted.add(key);
    }
    if (lacking.length === 0) return;
    this.isFilling = true;
    try {
      const asked = [...wanted];
      const run_ids = lacking.map(([, row]) => row.run.run_id);
      const found = new Map((await this.ask_("runs", { run_ids, columns: asked })).map((row) => [row.run.run_id, row]));
      for (const [index, row] of lacking) {
        const now = blocks.at(index);
        if (now?.run.run_id !== row.run.run_id) continue;
        const filled = { ...now, values: { ...now.values, ...found.get(row.run.run_id)?.values } };
        this.read.set(filled, new Set([...(this.read.get(now) ?? []), ...asked]));
        blocks.set(index, filled);
      }
      this.isFilling = false;
      if (blocks === this.blocks) this.changed();
    } catch (error) {
      this.isFilling = false;
      this.failed(error);
    }
  }

  private keep(offset: number, rows: readonly TableRow[], columns: readonly string[]): void {
    this.remember(rows, columns);
    this.blocks.put(offset, rows);
  }

  private blocksOf(total: number, rows: readonly TableRow[], columns: readonly string[]): Blocks<TableRow> {
    const blocks = new Blocks<TableRow>(total, BLOCK);
    this.remember(rows, columns.slice(0, 40));
    blocks.put(0, rows);
    return blocks;
  }
}

/** What still waits where a later change says it anew. */
function without(waiting: readonly Waiting[], later: Partial<Query>): Waiting[] {
  return waiting
    .map(({ turn, change }) => {
      const kept = Object.entries(change).filter(([name]) => !(name in later));
      return { turn, change: Object.fromEntries(kept) };
    })
    .filter(({ change }) => Object.keys(change).length > 0);
}

export function rowsQuery({ filter, order_by, view }: Query) {
  return { filter, order_by, view };
}

/** Null in what an older version saved. */
function unfilteredOf({ filter, total, unfiltered }: TableState): number | null {
  return filter === "" ? total : (unfiltered ?? null);
}

function queryOf({ filter, order_by, columns }: TableState): Query {
  return { filter, order_by, columns, view: "active" };
}
