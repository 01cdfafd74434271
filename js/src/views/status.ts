/** A run's status as icon and word; never by colour alone. */
import type { Status } from "../bridge/payloads";
import { h, type IconName, icon } from "./dom";

const LOOKS: Record<Status, { word: string; icon: IconName | null }> = {
  RUNNING: { word: "Running", icon: null },
  SCHEDULED: { word: "Scheduled", icon: "clock" },
  FINISHED: { word: "Finished", icon: "check" },
  FAILED: { word: "Failed", icon: "cross" },
  KILLED: { word: "Killed", icon: "stop" },
};

/** A status this version does not know is shown as it came; `reason`, what a run ended with, is told by the pointer. */
export function statusBadge(status: Status, reason = ""): HTMLElement {
  const look = LOOKS[status] ?? { word: String(status), icon: "clock" };
  const mark = look.icon === null ? h("span", { class: "tb-pulse", "aria-hidden": "true" }) : icon(look.icon);
  return h(
    "span",
    { class: "tb-status", "data-status": status, title: reason === "" ? null : reason },
    h("span", { class: "tb-status-mark" }, mark),
    look.word,
  );
}
