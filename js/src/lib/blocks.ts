/** A long list of which parts are known: what a table with virtual rows has fetched so far. */

export class Blocks<T> {
  private readonly items = new Map<number, T>();
  private readonly asked = new Set<number>();
  /** shown until the list itself knows better: what stood there before */
  private before: Blocks<T> | undefined;

  constructor(
    public total: number,
    readonly size: number,
  ) {}

  /** What is known, or what stood there before. */
  at(index: number): T | undefined {
    return this.items.get(index) ?? (index < this.total ? this.before?.items.get(index) : undefined);
  }

  put(offset: number, items: readonly T[]): void {
    items.forEach((item, i) => {
      this.items.set(offset + i, item);
    });
  }

  set(index: number, item: T): void {
    if (this.items.has(index)) this.items.set(index, item);
    else this.before?.items.set(index, item);
  }

  /** An empty list in the place of this one, which goes on showing it until it is filled. */
  renewed(total: number): Blocks<T> {
    const fresh = new Blocks<T>(total, this.size);
    fresh.before = new Blocks<T>(this.total, this.size);
    for (const [index, item] of this.before?.items ?? []) fresh.before.items.set(index, item);
    for (const [index, item] of this.items) fresh.before.items.set(index, item);
    return fresh;
  }

  /** Offsets of the blocks that [first, last] needs and that are not asked for yet; they count as asked for now. */
  claim(first: number, last: number): number[] {
    const offsets: number[] = [];
    const from = Math.max(0, Math.floor(first / this.size) * this.size);
    const to = Math.min(last, this.total - 1);
    for (let offset = from; offset <= to; offset += this.size) {
      const end = Math.min(offset + this.size - 1, to);
      if (this.asked.has(offset) || this.knows(Math.max(offset, first), end)) continue;
      this.asked.add(offset);
      offsets.push(offset);
    }
    return offsets;
  }

  /** The block came, or failed to: it may be claimed again where something of it is still missing. */
  release(offset: number): void {
    this.asked.delete(offset);
  }

  /** Whether all of [first, last] is known, and fresh. */
  knows(first: number, last: number): boolean {
    for (let i = first; i <= last; i += 1) if (!this.items.has(i)) return false;
    return true;
  }

  known(): Iterable<[number, T]> {
    return this.items.entries();
  }
}

/** Rows to draw for a scroll position, with `spare` rows on either side; [first, last) */
export function visibleRows(
  scroll_px: number,
  height_px: number,
  row_px: number,
  total: number,
  spare = 8,
): [number, number] {
  const first = Math.max(0, Math.floor(scroll_px / row_px) - spare);
  const last = Math.min(total, Math.ceil((scroll_px + height_px) / row_px) + spare);
  return [Math.min(first, last), last];
}
