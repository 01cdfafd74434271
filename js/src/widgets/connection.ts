/** What holds a view to its model: the end of both, and how a widget notices that nobody answers any more. */
import type { Model } from "../bridge/model";
import { listen } from "../bridge/model";
import type { RequestOptions } from "../bridge/requests";
import { askServer, extensionVersion, KERNEL_GONE_EVENT, type Standby, serverOf } from "../bridge/standby";
import { recall, remember } from "../lib/memory";
import { VERSION, versionProblem } from "../lib/version";
import { button } from "../views/dom";
import { remark } from "../views/notice";
import { keepKeys } from "../views/shortcuts";
import type { Connection } from "../views/view";

const GONE = "The kernel is gone: showing what was stored.";

interface Standing {
  requests: { abandon(message: string): void; dispose(): void };
  view: { connection(connection: Connection): void; dispose(): void };
}

type Stop = () => void;

interface WidgetTraits {
  /** empty, or absent with an older kernel, where nobody else can answer */
  standby?: Partial<Standby>;
}

/**
 * Holds a drawn view to its model until the returned function takes it away, with `stops`, what else listens for it.
 *
 * `comm_live_update` is fired by Jupyter's widget manager on restart and disposal, where nobody answers any more (other
 * front ends never fire it), our own event by JupyterLab's extension when the kernel was shut down.
 */
export function mounted<T extends object>(
  { model, el }: { model: Model<T>; el: HTMLElement },
  { requests, view }: Standing,
  ...stops: Stop[]
): Stop {
  const leave = () => {
    requests.abandon(GONE);
    view.connection({ state: "offline", message: GONE });
  };
  el.addEventListener(KERNEL_GONE_EVENT, leave);
  // This code came from the kernel: what JupyterLab adds to it may be of another time.
  const extension = extensionVersion();
  const problem = versionProblem(VERSION, extension);
  if (problem !== null) el.prepend(remark(problem));
  const telling = extension === null && isJupyterPage(el) ? setTimeout(() => sayLacking(el), SETTLED_MS) : undefined;
  const ends = [
    keepKeys(el),
    ...stops,
    listen(model, "comm_live_update", leave),
    () => el.removeEventListener(KERNEL_GONE_EVENT, leave),
    () => clearTimeout(telling),
  ];
  return () => {
    for (const end of ends) end();
    el.querySelector(":scope > .tb-remark")?.remove();
    requests.dispose();
    view.dispose();
  };
}

const LACKING =
  "JupyterLab has no trackbook, this kernel has: cells get no marks, and views wait for a busy kernel and are not drawn " +
  "again without one. Install it where JupyterLab runs (pip install trackbook), then restart JupyterLab.";
const SAID = Symbol.for("trackbook.lacking");
const KEPT = "lacking";
/** Outputs are drawn again when their cell has ended. */
const SETTLED_MS = 1_000;

/** Whether JupyterLab or Notebook 7 made the page, which both have our extension where trackbook is beside them. */
function isJupyterPage(el: HTMLElement): boolean {
  return el.ownerDocument.getElementById("jupyter-config-data") !== null;
}

/** One view of a page says it, until somebody does not want to hear it any more. */
function sayLacking(el: HTMLElement): void {
  const page = globalThis as Record<symbol, HTMLElement | undefined>;
  if (page[SAID]?.isConnected || !el.isConnected || recall(KEPT) !== null) return;
  const line = remark(LACKING);
  const close = () => {
    remember(KEPT, "no");
    line.remove();
  };
  line.append(button("Do not say again", close, { class: "tb-button tb-quiet" }));
  page[SAID] = line;
  el.prepend(line);
}

/** Has the kernel tell of changes until the returned function is called. */
export function watched(requests: { ask(method: "watch", params: { on: boolean }): Promise<unknown> }): Stop {
  const tell = (on: boolean) => void requests.ask("watch", { on }).catch(() => {});
  tell(true);
  return () => tell(false);
}

/** Asks the Jupyter server where the kernel does not answer and the page has it. */
export function elsewhere({ model, el }: { model: object; el: HTMLElement }): Pick<RequestOptions, "otherwise"> {
  const traits = model as Model<WidgetTraits>;
  return { otherwise: (method, params) => askServer(serverOf(el), traits.get("standby"), method, params) };
}

export function slowness(slow: boolean): Connection {
  return slow ? { state: "busy" } : { state: "live" };
}
