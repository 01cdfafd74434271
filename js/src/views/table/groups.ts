/** The runs of a table in groups: the groups themselves, and the members of those that are unfolded. */
import type { AskTable, Group, Groups, TableRow } from "../../bridge/table";
import { Blocks } from "../../lib/blocks";
import { Folds } from "../../lib/folds";
import type { Query } from "./host";
import { rowsQuery } from "./source";

const BLOCK = 100;

export interface GroupLine {
  group: Group | undefined;
  row: TableRow | undefined;
  isOpen: boolean;
}

export class GroupSource {
  found: Groups | null = null;
  private sorted: Group[] = [];
  private folds = new Folds([]);
  private members = new Map<number, Blocks<TableRow>>();
  private turn = 0;
  private columns: string[] = [];

  constructor(
    private readonly ask: AskTable,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
    private readonly remember: (rows: readonly TableRow[], columns: readonly string[]) => void,
  ) {}

  get total(): number {
    return this.folds.total;
  }

  clear(): void {
    this.turn += 1;
    this.found = null;
    this.sorted = [];
    this.folds = new Folds([]);
    this.members.clear();
  }

  /** Asks for the groups of a query; false where a later question has overtaken this.  Throws what Python refuses. */
  async load(query: Query, by: string[]): Promise<boolean> {
    this.turn += 1;
    const { turn } = this;
    const { filter, view } = query;
    const found = await this.ask("groups", { filter, view, by, columns: query.columns });
    if (turn !== this.turn) return false;
    const open = new Set(this.sorted.filter((_, i) => this.folds.isOpen(i)).map((group) => group.filter));
    this.found = found;
    this.arrange(query, open);
    return true;
  }

  /** Another order of the same groups: by the mean of a metric, or by a column of the key. */
  arrange(query: Query, open = this.openFilters()): void {
    if (this.found === null) return;
    const { by, groups } = this.found;
    const orders = query.order_by.filter(({ key }) => key.startsWith("metrics.") || by.includes(key));
    const value = (group: Group, key: string) => {
      const at = by.indexOf(key);
      if (at < 0) return Number(group.values[key]?.mean ?? Number.NaN);
      const text = group.key[at] ?? null;
      return text !== null && text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
    };
    this.sorted = [...groups].sort((a, b) => {
      for (const { key, desc } of orders) {
        const found = ordered(value(a, key), value(b, key), desc);
        if (found !== 0) return found;
      }
      return 0;
    });
    this.folds = new Folds(this.sorted.map((group) => group.runs));
    this.members.clear();
    this.sorted.forEach((group, i) => {
      if (open.has(group.filter)) this.folds.toggle(i, true);
    });
    this.changed();
  }

  line(index: number): GroupLine {
    const { group, member } = this.folds.at(index);
    const isOpen = this.folds.isOpen(group);
    if (member < 0) return { group: this.sorted[group], row: undefined, isOpen };
    return { group: undefined, row: this.members.get(group)?.at(member), isOpen };
  }

  toggle(index: number, open?: boolean): void {
    const { group, member } = this.folds.at(index);
    if (member >= 0) return;
    this.folds.toggle(group, open);
    this.changed();
  }

  /** Fetches the members that lie on lines [first, last) and are not here. */
  ensure(first: number, last: number, query: Query, columns: readonly string[]): void {
    if (columns.some((key) => !this.columns.includes(key))) {
      this.columns = [...columns];
      this.members.clear();
    }
    for (let index = first; index < last; index += 1) {
      const { group, member } = this.folds.at(index);
      if (member < 0) continue;
      const blocks = this.members.get(group) ?? new Blocks<TableRow>(this.sorted[group]?.runs ?? 0, BLOCK);
      this.members.set(group, blocks);
      for (const offset of blocks.claim(member, member)) void this.fetch(group, blocks, offset, query);
    }
  }

  private openFilters(): Set<string> {
    return new Set(this.sorted.filter((_, i) => this.folds.isOpen(i)).map((group) => group.filter));
  }

  private async fetch(group: number, blocks: Blocks<TableRow>, offset: number, query: Query): Promise<void> {
    const { columns } = this;
    const filter = this.sorted[group]?.filter ?? "";
    try {
      const { rows } = await this.ask("rows", { ...rowsQuery(query), columns, offset, limit: BLOCK, group: filter });
      this.remember(rows, columns);
      blocks.put(offset, rows);
      blocks.release(offset);
      if (this.members.get(group) === blocks) this.changed();
    } catch (error) {
      blocks.release(offset);
      this.failed(error);
    }
  }
}

/** Numbers and texts; what is missing (NaN, null) stands last in both directions. */
function ordered(a: number | string | null, b: number | string | null, desc: boolean): number {
  const none = (value: number | string | null) => value === null || Number.isNaN(value);
  if (none(a) || none(b)) return Number(none(a)) - Number(none(b));
  const sign = desc ? -1 : 1;
  return typeof a === typeof b
    ? (a as number) < (b as number)
      ? -sign
      : a === b
        ? 0
        : sign
    : typeof a === "number"
      ? -sign
      : sign;
}
