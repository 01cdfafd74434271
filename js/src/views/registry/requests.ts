/** Changes of a protected model that wait for an approver: who asked, what, why; each approved or refused with a reason. */
import type { Decision, RequestRow } from "../../bridge/registry";
import type { Clock } from "../clock";
import { button, h, user } from "../dom";

export interface Deciding {
  decide(decision: Decision, more: Record<string, string>): void;
  may(decision: Decision, request: RequestRow): boolean;
}

export function waitingRequests(rows: readonly RequestRow[], clock: Clock, deciding: Deciding): HTMLElement | null {
  if (rows.length === 0) return null;
  const isDecided = rows.some((row) => deciding.may("approve", row) || deciding.may("refuse", row));
  const heads = ["When", "Who", "What", "Reason", ...(isDecided ? ["Decide"] : [])];
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
        h("tbody", {}, ...rows.map((row) => requestRow(row, clock, isDecided ? deciding : null))),
      ),
    ),
  );
}

function requestRow(row: RequestRow, clock: Clock, deciding: Deciding | null): HTMLElement {
  const act = (label: string, action: Decision) =>
    deciding?.may(action, row) &&
    button(label, () => deciding.decide(action, { request: row.id }), {
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
    deciding && h("td", {}, h("div", { class: "tb-actions" }, act("Approve…", "approve"), act("Refuse…", "refuse"))),
  );
}
