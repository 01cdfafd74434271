/** Which runs of a table are selected, in the order in which they were chosen, and from where a range begins. */
import { extend, toggle } from "../../lib/selection";
import type { How } from "./grid/index";

/** More are not chosen at one stroke. */
const AT_MOST = 10_000;

export interface ChosenHost {
  /** the run on a line, where it is known */
  idOf(index: number): string | undefined;
  /** the runs on lines [first, last]; asks for those that are not known */
  idsOf(first: number, last: number): Promise<string[]>;
  changed(): void;
  /** somebody chose, here */
  tell(run_ids: string[]): void;
  failed(error: unknown): void;
}

export class Chosen {
  ids: string[];
  /** the line at which a range begins */
  anchor = 0;
  private known: ReadonlySet<string>;

  constructor(
    ids: readonly string[],
    private readonly host: ChosenHost,
  ) {
    this.ids = [...ids];
    this.known = new Set(ids);
  }

  has(run_id: string): boolean {
    return this.known.has(run_id);
  }

  /** The one that is chosen, where it is one. */
  get only(): string | undefined {
    return this.ids.length === 1 ? this.ids[0] : undefined;
  }

  /** Python chose. */
  set(ids: readonly string[]): void {
    if (ids.length === this.ids.length && ids.every((id, i) => id === this.ids[i])) return;
    this.take([...ids]);
  }

  choose(ids: string[]): void {
    this.take(ids);
    this.host.tell(ids);
  }

  async chooseRow(index: number, how: How): Promise<void> {
    if (how === "range") return this.chooseRange(Math.min(this.anchor, index), Math.max(this.anchor, index));
    const id = this.host.idOf(index);
    if (id === undefined) return;
    this.anchor = index;
    this.choose(how === "toggle" ? toggle(this.ids, id) : [id]);
  }

  async chooseRange(first: number, last: number): Promise<void> {
    try {
      this.choose(extend(this.ids, await this.host.idsOf(first, Math.min(last, first + AT_MOST - 1))));
    } catch (error) {
      this.host.failed(error);
    }
  }

  private take(ids: string[]): void {
    this.ids = ids;
    this.known = new Set(ids);
    this.host.changed();
  }
}
