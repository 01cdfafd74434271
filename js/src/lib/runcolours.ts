/**
 * How runs look, the same in every table and chart on the page: a colour, whether a run is shown, which one is pointed at.
 *
 * A run keeps its colour for as long as the page lives, and beyond that where the looks are saved and loaded again.  A
 * run seen for the first time gets the colour that its id asks for, unless others are used less: runs that stand side by
 * side differ for as long as colours last.  After the eighth colour the dash pattern tells runs apart.
 *
 * Each widget is a bundle of its own, so that the one instance of a page is found under a name on the global object.
 */

/**
 * Eight colours that colour-blind readers tell apart on white and on dark ground: six of Okabe and Ito's
 * (https://jfly.uni-koeln.de/color/), a violet and an umber.  `charts/palette.py` has the same ones.
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
] as const;
/** Of a canvas or an SVG stroke, px; one more each time the colours begin again. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** What a widget may save: colours by run id (a number into the palette, going on beyond it), and what is hidden. */
export interface SavedLooks {
  colours: Record<string, number>;
  hidden: string[];
}

/** Colours and visibility, or only which run is pointed at. */
export type LooksChange = "looks" | "pointed";

export class RunColours {
  private readonly indices = new Map<string, number>();
  private readonly used = PALETTE.map(() => 0);
  private readonly hidden = new Set<string>();
  private readonly listeners = new Set<(change: LooksChange) => void>();
  private pointed: string | null = null;

  /** The run's number: its place in the palette, with the turns through it before. */
  index(run_id: string): number {
    const known = this.indices.get(run_id);
    if (known !== undefined) return known;
    const size = PALETTE.length;
    const first = hash(run_id) % size;
    const least = Math.min(...this.used);
    let at = first;
    while (this.used[at] !== least) at = (at + 1) % size;
    return this.assign(run_id, at + least * size);
  }

  colour(run_id: string): string {
    return PALETTE[this.index(run_id) % PALETTE.length] as string;
  }

  dash(run_id: string): readonly number[] {
    return DASHES[Math.floor(this.index(run_id) / PALETTE.length) % DASHES.length] as readonly number[];
  }

  isVisible(run_id: string): boolean {
    return !this.hidden.has(run_id);
  }

  get anyHidden(): boolean {
    return this.hidden.size > 0;
  }

  setVisible(run_ids: Iterable<string>, visible: boolean): void {
    for (const id of run_ids) {
      if (visible) this.hidden.delete(id);
      else this.hidden.add(id);
    }
    this.tell();
  }

  showAll(): void {
    this.hidden.clear();
    this.tell();
  }

  /** Gives a run another colour: a number into the palette. */
  recolour(run_id: string, index: number): void {
    this.assign(run_id, index);
    this.tell();
  }

  /** The run under the pointer, in whichever view; null for none. */
  get pointedAt(): string | null {
    return this.pointed;
  }

  pointAt(run_id: string | null): void {
    if (run_id === this.pointed) return;
    this.pointed = run_id;
    this.tell("pointed");
  }

  /** Calls back after every change; the returned function stops it. */
  onChange(callback: (change: LooksChange) => void): () => void {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }

  /** The looks of these runs, to be saved with a widget. */
  save(run_ids: Iterable<string>): SavedLooks {
    const ids = [...run_ids];
    return {
      colours: Object.fromEntries(ids.map((id) => [id, this.index(id)])),
      hidden: ids.filter((id) => this.hidden.has(id)),
    };
  }

  /** Takes saved looks over; runs that have a look on this page keep it. */
  load(saved: SavedLooks): void {
    const hidden = new Set(saved.hidden);
    for (const [id, index] of Object.entries(saved.colours)) {
      if (this.indices.has(id) || !Number.isInteger(index) || index < 0) continue;
      this.assign(id, index);
      if (hidden.has(id)) this.hidden.add(id);
    }
    this.tell();
  }

  private assign(run_id: string, index: number): number {
    const old = this.indices.get(run_id);
    if (old !== undefined) this.count(old, -1);
    this.indices.set(run_id, index);
    this.count(index, 1);
    return index;
  }

  private count(index: number, number: number): void {
    const at = index % PALETTE.length;
    this.used[at] = (this.used[at] as number) + number;
  }

  private tell(change: LooksChange = "looks"): void {
    for (const callback of [...this.listeners]) callback(change);
  }
}

const NAME = Symbol.for("trackbook.run-colours.1");

/** The page's own, whichever bundle asks. */
export function sharedRunColours(): RunColours {
  const page = globalThis as { [NAME]?: RunColours };
  page[NAME] ??= new RunColours();
  return page[NAME];
}

/** FNV-1a, 32 bits: spreads ids that differ in one letter. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
