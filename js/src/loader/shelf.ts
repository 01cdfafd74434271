/**
 * Where a page keeps the code of a bundle, once, for all widgets that use it.
 *
 * Whoever needs the code waits for it here: it is put here by the first widget, which brings it, or by whoever was the
 * first to ask for it (a page that was loaded again has the widgets but not the first of them).
 */

export interface Code {
  js: string;
  css: string;
}

export interface Bundle {
  render(props: { model: unknown; el: HTMLElement }): (() => void) | undefined;
}

export type Importer = (code: Code) => Promise<Bundle>;

const PAGE = Symbol.for("trackbook.shelves");

export class Shelf {
  private code: Code | undefined;
  private bundle: Promise<Bundle> | undefined;
  private asked: Promise<void> | undefined;
  private told = () => {};
  private readonly filled = new Promise<void>((resolve) => {
    this.told = resolve;
  });

  constructor(private readonly importer: Importer) {}

  put(code: Code): void {
    this.code ??= code;
    this.told();
  }

  /**
   * The bundle, imported when it is first taken; `ask` is called where nobody else is asking.
   * Rejects with what an own question is refused with.
   */
  async take(ask: () => Promise<Code>): Promise<Bundle> {
    while (this.code === undefined) {
      const own = this.asked === undefined;
      this.asked ??= this.fill(ask);
      try {
        await Promise.race([this.asked, this.filled]);
      } catch (error) {
        if (own) throw error;
      }
    }
    this.bundle ??= this.importer(this.code).catch((error: unknown) => {
      this.bundle = undefined; // the next who takes it tries again
      throw error;
    });
    return this.bundle;
  }

  private async fill(ask: () => Promise<Code>): Promise<void> {
    try {
      this.put(await ask());
    } finally {
      this.asked = undefined;
    }
  }
}

/** The shelf of the bundle with this hash. */
export function shelfOf(hash: string, importer: Importer): Shelf {
  const page = globalThis as unknown as Record<symbol, Map<string, Shelf> | undefined>;
  page[PAGE] ??= new Map();
  const shelf = page[PAGE].get(hash) ?? new Shelf(importer);
  page[PAGE].set(hash, shelf);
  return shelf;
}
