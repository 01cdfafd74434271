/** Changes of a protected model that wait for an approver: who asked, what, why; each approved or refused with a reason. */
import type { Action, RequestRow } from "../../bridge/registry";
import type { Clock } from "../clock";
import { button, h, user } from "../dom";

type Decide = ((action: Action, more: Record<string, string>) => void) | null;

export function waitingRequests(rows: readonly RequestRow[], clock: Clock, decide: Decide): HTMLElement | null {
  if (rows.length === 0) return null;
  const heads = ["When", "Who", "What", "Reason", ...(decide ? ["Decide"] : [])];
  return h(
    "section",
    { class: "tb-audit" },
    h("h3", { class: "tb-section-title" }, "Waiting for approval"),
    h(
      "div",
      { class: "tb-registry-scroll", role: "group", tabindex: 0, "aria-label": "Waiting for approval" },
      h(
        "table",
        { class: "tb-registry-table tb-audit-table" },
        h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, ...rows.map((row) => requestRow(row, clock, decide))),
      ),
    ),
  );
}

function requestRow(row: RequestRow, clock: Clock, decide: Decide): HTMLElement {
  const act = (label: string, action: Action) =>
    decide &&
    button(label, () => decide(action, { request: row.id }), {
      "data-key": `${action}-${row.id}`,
      "aria-label": `${label} request ${row.id}`,
    });
  return h(
    "tr",
    {},
    h("td", { class: "tb-muted tb-nowrap" }, clock.since(row.time_ms)),
    h("td", {}, row.user === "" ? h("span", { class: "tb-hint" }, "unknown") : user(row.user)),
    h("td", {}, `request ${row.id}: `, user(row.words)),
    h("td", {}, h("span", { class: "tb-wrap tb-reason-text", dir: "auto", title: row.reason }, row.reason)),
    decide && h("td", {}, h("div", { class: "tb-actions" }, act("Approve…", "approve"), act("Refuse…", "refuse"))),
  );
}
