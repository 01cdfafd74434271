/**
 * Who answers where the kernel does not: the Jupyter server, in a page that has our extension of JupyterLab.
 *
 * A view says what the server has to know to answer for it (`Standby`, from `src/trackbook/widgets/standby.py`); the
 * extension says by which notebook the server finds the store.  Bundles and extension are built apart, and so meet on
 * the page.
 */

/** Of one view: the server's route, the requests that only read, and what is sent with each. */
export interface Standby {
  route: string;
  methods: string[];
  about: Readonly<Record<string, unknown>>;
}

/** Of one notebook. */
export interface Server {
  ask(route: string, question: object): Promise<unknown>;
  /** the notebook's kernel, as its own stop button does */
  interrupt(): Promise<void>;
  /** writes a notebook beside this one, under this name or one like it, and opens it; its path */
  openNotebook(name: string, text: string): Promise<string>;
}

/** Fired at the elements of views whose kernel was shut down. */
export const KERNEL_GONE_EVENT = "trackbook-kernel-gone";

type Finder = ((el: Element) => Server | null) & {
  /** of the extension; absent in older ones */
  version?: string;
};

const KEY = Symbol.for("trackbook.server");
const page = globalThis as unknown as Record<symbol, Finder | undefined>;

export function offerServer(find: Finder, version: string): void {
  page[KEY] = Object.assign(find, { version });
}

/** The version of the extension that this page has: "" where it does not tell, null where there is none. */
export function extensionVersion(): string | null {
  const find = page[KEY];
  return find === undefined ? null : (find.version ?? "");
}

/** That of the notebook in which an element stands; null where the page has none. */
export function serverOf(el: Element): Server | null {
  return page[KEY]?.(el) ?? null;
}

/** Puts a question to the server; null for what it does not answer. */
export function askServer(
  server: Server | null,
  standby: Partial<Standby> | undefined,
  method: string,
  params: unknown,
): Promise<unknown> | null {
  if (server === null || !standby?.route || !standby.methods?.includes(method)) return null;
  return server.ask(standby.route, { ...standby.about, method, params });
}
