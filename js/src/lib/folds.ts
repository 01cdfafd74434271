/** The lines of a table of groups, some of them unfolded: which line is a group, which one of its members. */

export interface Line {
  group: number;
  /** -1 for the group itself */
  member: number;
}

export class Folds {
  private readonly open = new Set<number>();
  /** the line of each group, then the number of all lines */
  private starts: number[] = [];

  constructor(private readonly sizes: readonly number[]) {
    this.count();
  }

  get total(): number {
    return this.starts[this.sizes.length] as number;
  }

  isOpen(group: number): boolean {
    return this.open.has(group);
  }

  toggle(group: number, open = !this.isOpen(group)): void {
    if (open) this.open.add(group);
    else this.open.delete(group);
    this.count();
  }

  lineOf(group: number): number {
    return this.starts[group] as number;
  }

  at(line: number): Line {
    let [low, high] = [0, this.sizes.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= line) low = middle;
      else high = middle - 1;
    }
    return { group: low, member: line - (this.starts[low] as number) - 1 };
  }

  private count(): void {
    let line = 0;
    this.starts = this.sizes.map((size, group) => {
      const start = line;
      line += 1 + (this.open.has(group) ? size : 0);
      return start;
    });
    this.starts.push(line);
  }
}
