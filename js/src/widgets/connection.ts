/** What holds a view to its model: the end of both, and how a widget notices that nobody answers any more. */
import type { Model } from "../bridge/model";
import { listen } from "../bridge/model";
import type { RequestOptions } from "../bridge/requests";
import { askServer, extensionVersion, KERNEL_GONE_EVENT, type Standby, serverOf } from "../bridge/standby";
import { VERSION, versionProblem } from "../lib/version";
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
  const problem = versionProblem(VERSION, extensionVersion());
  if (problem !== null) el.prepend(remark(problem));
  const ends = [
    keepKeys(el),
    ...stops,
    listen(model, "comm_live_update", leave),
    () => el.removeEventListener(KERNEL_GONE_EVENT, leave),
  ];
  return () => {
    for (const end of ends) end();
    el.querySelector(":scope > .tb-remark")?.remove();
    requests.dispose();
    view.dispose();
  };
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
