/** What was done to a model: when, by whom, what, why, and from where; newest first. */
import type { AuditPage, AuditRow } from "../../bridge/registry";
import type { Clock } from "../clock";
import { button, h, user } from "../dom";
import { effectElement } from "./effects";

export function auditTrail(page: AuditPage, clock: Clock, older: (() => void) | null): HTMLElement {
  const title = h("h3", { class: "tb-section-title" }, "Audit trail");
  if (page.rows.length === 0) {
    const none = h("div", { class: "tb-hint" }, "Nothing was done since changes are recorded.");
    return h("section", { class: "tb-audit" }, title, none);
  }
  const heads = ["When", "Who", "What", "Reason", "From"];
  return h(
    "section",
    { class: "tb-audit" },
    title,
    h(
      "div",
      { class: "tb-registry-scroll", role: "group", tabindex: 0, "aria-label": "Audit trail" },
      h(
        "table",
        { class: "tb-registry-table tb-audit-table" },
        h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, ...page.rows.map((row) => auditRow(row, clock))),
      ),
    ),
    page.token !== null && older && button("Show older", older, { "data-key": "older" }),
  );
}

function auditRow(row: AuditRow, clock: Clock): HTMLElement {
  const from = [row.place, row.client === "Python" && row.place !== "" ? "" : row.client].filter((text) => text !== "");
  return h(
    "tr",
    {},
    h("td", { class: "tb-muted tb-nowrap" }, clock.since(row.time_ms)),
    h("td", {}, row.user === "" ? h("span", { class: "tb-hint" }, "unknown") : user(row.user)),
    h("td", {}, effectElement(row.effect)),
    h("td", {}, h("span", { class: "tb-wrap tb-reason-text", dir: "auto", title: row.reason }, row.reason)),
    h("td", { class: "tb-muted" }, h("div", { class: "tb-trail" }, ...from.map((text) => user(text)))),
  );
}
