/**
 * The rows of a table, fetched in blocks as they come into sight.
 * A new query is asked with its first block; until that has come, and if it is refused, the old rows stay.
 */
import type { TableRow, TableState } from "../../bridge/payloads";
import { Blocks } from "../../lib/blocks";
import type { Query, TableHost } from "./host";

const BLOCK = 100;
/** Rows asked for at once where only their ids are wanted. */
const WIDE = 1000;

export class Source {
  query: Query;
  private blocks: Blocks<TableRow>;
  /** runs without any filter; null until known */
  unfiltered: number | null;
  private latest = 0;

  constructor(
    state: TableState,
    private readonly host: TableHost,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {
    this.query = queryOf(state);
    this.blocks = blocksOf(state.total, state.rows);
    this.unfiltered = unfilteredOf(state);
  }

  get total(): number {
    return this.blocks.total;
  }

  row(index: number): TableRow | undefined {
    return this.blocks.at(index);
  }

  /** Python sent a new state. */
  reset(state: TableState): void {
    this.latest += 1;
    this.query = queryOf(state);
    this.blocks = blocksOf(state.total, state.rows);
    this.unfiltered = unfilteredOf(state) ?? this.unfiltered;
    this.changed();
  }

  /** Asks for another query; false where a later one has overtaken this.  Throws what the host throws. */
  async ask(change: Partial<Query>): Promise<boolean> {
    this.latest += 1;
    const turn = this.latest;
    const query = { ...this.query, ...change };
    const { total, rows } = await this.host.rows({ ...query, offset: 0, limit: BLOCK });
    if (turn !== this.latest) return false;
    this.query = query;
    this.blocks = blocksOf(total, rows);
    if (query.filter === "") this.unfiltered = total;
    this.changed();
    return true;
  }

  /** Fetches what is missing of rows [first, last). */
  ensure(first: number, last: number): void {
    for (const offset of this.blocks.claim(first, last - 1)) void this.fetch(offset);
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
      const { rows } = await this.host.rows({ ...query, offset: index, limit });
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

  /** How many runs there are without the filter; asked once, and only where it is not known anyway. */
  async countAll(): Promise<void> {
    if (this.unfiltered !== null) return;
    const { total } = await this.host.rows({ ...this.query, filter: "", columns: [], offset: 0, limit: 1 });
    this.unfiltered ??= total;
    this.changed();
  }

  private async fetch(offset: number): Promise<void> {
    const { blocks, query } = this;
    try {
      const { total, rows } = await this.host.rows({ ...query, offset, limit: BLOCK });
      blocks.put(offset, rows);
      blocks.total = total;
      blocks.release(offset);
      if (blocks === this.blocks) this.changed();
    } catch (error) {
      blocks.release(offset);
      if (blocks === this.blocks) this.failed(error);
    }
  }
}

/** Null in what an older version saved. */
function unfilteredOf({ filter, total, unfiltered }: TableState): number | null {
  return filter === "" ? total : (unfiltered ?? null);
}

function queryOf({ filter, order_by, columns }: TableState): Query {
  return { filter, order_by, columns };
}

function blocksOf(total: number, rows: readonly TableRow[]): Blocks<TableRow> {
  const blocks = new Blocks<TableRow>(total, BLOCK);
  blocks.put(0, rows);
  return blocks;
}
