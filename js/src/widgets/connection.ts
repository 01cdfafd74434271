/** How a widget notices that nobody answers: slow questions, and the comm that Jupyter's manager reports as lost. */
import type { Model } from "../bridge/model";
import { listen } from "../bridge/model";
import type { Connection } from "../views/view";

export const GONE = "The kernel is gone: showing what was stored.";

/** `comm_live_update` is fired by Jupyter's widget manager on restart, shutdown and disposal; other front ends never fire it. */
export function onKernelGone<T extends object>(model: Model<T>, callback: () => void): () => void {
  return listen(model, "comm_live_update", callback);
}

export function slowness(slow: boolean): Connection {
  return slow ? { state: "busy" } : { state: "live" };
}
