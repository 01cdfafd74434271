/** The versions of a model, newest first; metrics stand beside those of the champion.  A version opens below its row. */
import type { ModelDetail, VersionRow } from "../../bridge/registry";
import { formatDelta, formatNumber, fullNumber, toNumber } from "../../lib/number";
import { cellElement } from "../cell";
import type { Clock } from "../clock";
import { h, icon, user } from "../dom";
import { arrows } from "./keys";
import { aliasPill, stageBadge } from "./pills";

const SHOWN_METRICS = 3;

export interface Opening {
  /** what stands below the row of an open version; null where it is closed */
  panel(version: string): HTMLElement | null;
  toggle(version: string): void;
}

export function versionsTable(model: ModelDetail, clock: Clock, opening: Opening): HTMLElement {
  const { rows } = model.versions;
  const keys = shownKeys(model);
  const staged = rows.some((row) => row.stage !== "None");
  const heads = ["Version", "Aliases", ...(staged ? ["Stage"] : []), ...keys, "Source run", "Registered"];
  const numeric = new Map(keys.map((_, i) => [i + (staged ? 3 : 2), metricClass(i)]));
  const body = h(
    "tbody",
    {},
    ...rows.flatMap((row) => versionRow(row, { model, keys, staged, clock, opening, n: heads.length })),
  );
  arrows(body, ".tb-version-toggle");
  return h(
    "table",
    { class: "tb-registry-table tb-versions" },
    h("caption", { class: "tb-sr" }, `Versions of ${model.name}`),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...heads.map((head, i) =>
          h("th", { scope: "col", class: numeric.get(i) ?? "" }, numeric.has(i) ? user(head) : head),
        ),
      ),
    ),
    body,
  );
}

/** The champion's first metrics, else the newest version's. */
function shownKeys({ champion, versions }: ModelDetail): string[] {
  const metrics = champion && Object.keys(champion.metrics).length > 0 ? champion.metrics : versions.rows[0]?.metrics;
  return Object.keys(metrics ?? {}).slice(0, SHOWN_METRICS);
}

interface Around {
  model: ModelDetail;
  keys: string[];
  staged: boolean;
  clock: Clock;
  opening: Opening;
  n: number;
}

function versionRow(row: VersionRow, { model, keys, staged, clock, opening, n }: Around): HTMLElement[] {
  const panel = opening.panel(row.version);
  const isChampion = model.champion?.version === row.version;
  const toggle = h(
    "button",
    {
      type: "button",
      class: "tb-version-toggle",
      "aria-expanded": String(panel !== null),
      "data-key": `version-${row.version}`,
      onclick: () => opening.toggle(row.version),
    },
    icon("chevron"),
    h("span", {}, `v${row.version}`),
  );
  const run = row.run
    ? h("div", { class: "tb-trail" }, user(row.run.name), row.cell && cellElement(row.cell))
    : h("span", { class: "tb-hint" }, user(row.source));
  const main = h(
    "tr",
    { "data-champion": String(isChampion), "data-open": String(panel !== null) },
    h("th", { scope: "row" }, toggle, isChampion && h("span", { class: "tb-sr" }, ", the champion")),
    h("td", {}, h("div", { class: "tb-pills" }, ...row.aliases.map((alias) => aliasPill(alias, null)))),
    staged && h("td", {}, stageBadge(row.stage)),
    ...keys.map((key, i) => metricCell(row, key, metricClass(i), model)),
    h("td", { class: "tb-run-cell" }, run),
    h("td", { class: "tb-muted tb-nowrap" }, clock.since(row.created_ms)),
  );
  return panel === null ? [main] : [main, h("tr", { class: "tb-version-open" }, h("td", { colspan: n }, panel))];
}

/** Where there is little room the first metric stands for all. */
const metricClass = (i: number) => `tb-right${i > 0 ? " tb-metric-more" : ""}`;

function metricCell(row: VersionRow, key: string, className: string, { champion }: ModelDetail): HTMLElement {
  const value = row.metrics[key];
  if (value === undefined) return h("td", { class: `${className} tb-hint` }, "–");
  const best = champion?.metrics[key];
  const compared = champion !== null && champion.version !== row.version && best !== undefined;
  const delta = compared ? formatDelta(toNumber(value) - toNumber(best)) : null;
  const number = h("span", { class: "tb-num", title: fullNumber(value) }, formatNumber(value));
  const change = h(
    "span",
    { class: "tb-delta tb-num", title: delta ? `${delta.text} against the champion` : null },
    delta?.text,
  );
  return h("td", { class: `${className} tb-metric` }, number, change);
}
