/**
 * How runs look: a colour, whether a run is shown, which one is pointed at.
 *
 * Each view gives its own runs their colours, so that no two of them share one for as long as colours last, and by one
 * rule, so that a run looks the same in every view, page and Altair chart as far as can be.  A run's id prefers a place
 * in the palette; runs choose in the order in which they began, those first to which the user gave a colour; who finds
 * a place taken moves to the next free one.  Once all are taken they begin again, with another dash pattern.
 * `charts/palette.py` has the same rule.
 *
 * What is hidden, pointed at or chosen belongs to the page.  Each widget is a bundle of its own, so that the page's one
 * is found under a name on the global object.
 */

/**
 * Ten colours that colour-blind readers tell apart on white and on dark ground: six of Okabe and Ito's
 * (https://jfly.uni-koeln.de/color/), a violet, an umber, a brick and a blue.  `charts/palette.py` has the same ones.
 */
export const PALETTE = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#8250df",
  "#86707a",
  "#a82400",
  "#183cfc",
] as const;
/** Of a canvas or an SVG stroke, px; one more each time the colours begin again. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** What a widget may save: chosen colours by run id (a number into the palette, going on beyond it), and what is hidden. */
export interface SavedLooks {
  colours: Record<string, number>;
  hidden: string[];
}

/** Colours and visibility, or only which run is pointed at. */
export type LooksChange = "looks" | "pointed";

/** A run as colours are given to it. */
export interface Begun {
  run_id: string;
  start_ms: number;
}

/** What all views of a page share. */
export class PageLooks {
  readonly chosen = new Map<string, number>();
  readonly hidden = new Set<string>();
  readonly listeners = new Set<(change: LooksChange) => void>();
  pointed: string | null = null;
}

/** The looks of one view's runs. */
export class RunColours {
  private readonly indices = new Map<string, number>();
  private readonly used = PALETTE.map(() => 0);

  constructor(private readonly page = new PageLooks()) {}

  /** The runs of the view: others lose their colours; where runs only come to those it had, these keep theirs. */
  show(runs: readonly Begun[]): void {
    const ids = new Set(runs.map((run) => run.run_id));
    if ([...this.indices.keys()].some((id) => !ids.has(id))) this.forget();
    const order = (run: Begun) => (this.page.chosen.has(run.run_id) ? 0 : 1);
    const byStart = (a: Begun, b: Begun) =>
      order(a) - order(b) || a.start_ms - b.start_ms || (a.run_id < b.run_id ? -1 : 1);
    for (const run of [...runs].sort(byStart)) this.index(run.run_id);
  }

  /** The run's number: its place in the palette, with the turns through it before. */
  index(run_id: string): number {
    const known = this.indices.get(run_id);
    if (known !== undefined) return known;
    const size = PALETTE.length;
    const least = Math.min(...this.used);
    let at = (this.page.chosen.get(run_id) ?? hash(run_id)) % size;
    while (this.used[at] !== least) at = (at + 1) % size;
    this.used[at] = least + 1;
    this.indices.set(run_id, at + least * size);
    return at + least * size;
  }

  colour(run_id: string): string {
    return PALETTE[this.index(run_id) % PALETTE.length] as string;
  }

  dash(run_id: string): readonly number[] {
    return DASHES[Math.floor(this.index(run_id) / PALETTE.length) % DASHES.length] as readonly number[];
  }

  isVisible(run_id: string): boolean {
    return !this.page.hidden.has(run_id);
  }

  get anyHidden(): boolean {
    return this.page.hidden.size > 0;
  }

  setVisible(run_ids: Iterable<string>, visible: boolean): void {
    for (const id of run_ids) {
      if (visible) this.page.hidden.delete(id);
      else this.page.hidden.add(id);
    }
    this.tell();
  }

  showAll(): void {
    this.page.hidden.clear();
    this.tell();
  }

  /** The user gives a run a colour: a number into the palette.  Views heed it when they next show their runs. */
  recolour(run_id: string, index: number): void {
    this.page.chosen.set(run_id, index);
    this.forget();
    this.tell();
  }

  /** The run under the pointer, in whichever view; null for none. */
  get pointedAt(): string | null {
    return this.page.pointed;
  }

  pointAt(run_id: string | null): void {
    if (run_id === this.page.pointed) return;
    this.page.pointed = run_id;
    this.tell("pointed");
  }

  /** Calls back after every change; the returned function stops it. */
  onChange(callback: (change: LooksChange) => void): () => void {
    this.page.listeners.add(callback);
    return () => this.page.listeners.delete(callback);
  }

  /** The looks of these runs, to be saved with a widget. */
  save(run_ids: Iterable<string>): SavedLooks {
    const ids = [...run_ids];
    const { chosen, hidden } = this.page;
    return {
      colours: Object.fromEntries([...chosen].filter(([id]) => ids.includes(id))),
      hidden: ids.filter((id) => hidden.has(id)),
    };
  }

  /** Takes saved looks over; what was chosen on this page stays. */
  load(saved: SavedLooks): void {
    const { chosen, hidden } = this.page;
    for (const [id, index] of Object.entries(saved.colours)) {
      if (!chosen.has(id) && Number.isInteger(index) && index >= 0) chosen.set(id, index);
    }
    for (const id of saved.hidden) hidden.add(id);
    this.tell();
  }

  private forget(): void {
    this.indices.clear();
    this.used.fill(0);
  }

  private tell(change: LooksChange = "looks"): void {
    for (const callback of [...this.page.listeners]) callback(change);
  }
}

const NAME = Symbol.for("trackbook.run-colours.2");

/** A view's own, over what the page shares, whichever bundle asks. */
export function sharedRunColours(): RunColours {
  const page = globalThis as { [NAME]?: PageLooks };
  page[NAME] ??= new PageLooks();
  return new RunColours(page[NAME]);
}

/** FNV-1a, 32 bits: spreads ids that differ in one letter. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
