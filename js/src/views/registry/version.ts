/** One version opened: what it is, beside the champion, and the way it came: data, cell, run, model, version. */
import type { CardInput } from "../../bridge/record";
import type { MetricBeside, VersionDetail, VersionRow } from "../../bridge/registry";
import { formatDelta, formatNumber, fullNumber } from "../../lib/number";
import { plural } from "../../lib/text";
import { runLink } from "../addresses";
import { cellElement } from "../cell";
import { button, h, icon, user } from "../dom";
import { capped } from "../more";
import { runId } from "../runid";
import { statusBadge } from "../status";
import { aliasPill, tagPill } from "./pills";

const SHOWN_METRICS = 12;
const SHOWN_INPUTS = 4;
const DIGEST = 12;

export interface VersionHost {
  /** null where nothing can be changed */
  change:
    | ((
        action: "alias" | "unalias" | "stage" | "describe" | "tag" | "copy" | "delete",
        more?: Record<string, string>,
      ) => void)
    | null;
  card: ((run_id: string, place: HTMLElement) => Promise<boolean>) | null;
  /** where the run's card stands; it outlives a redrawing of the panel */
  place: HTMLElement;
}

export function versionPanel(detail: VersionDetail, name: string, host: VersionHost): HTMLElement {
  const { row } = detail;
  return h(
    "div",
    { class: "tb-version-panel" },
    about(row, host),
    h(
      "div",
      { class: "tb-version-parts" },
      part(beside(detail), metricsTable(detail)),
      part("Source run", runPart(detail, host)),
    ),
    host.place,
    part("Lineage", lineage(detail, name)),
  );
}

const part = (title: string, content: HTMLElement) =>
  h("section", { class: "tb-version-part" }, h("h3", { class: "tb-section-title" }, title), content);

function about(row: VersionRow, host: VersionHost): HTMLElement {
  const { change } = host;
  const act = (label: string, action: Parameters<NonNullable<typeof change>>[0], danger = false) =>
    change &&
    button(label, () => change(action), {
      class: `tb-button ${danger ? "tb-button-danger" : ""}`,
      "data-key": `${action}-${row.version}`,
    });
  const description = row.description
    ? h("p", { class: "tb-version-text tb-wrap", dir: "auto" }, row.description)
    : h("p", { class: "tb-version-text tb-hint" }, "No description");
  const pills = [
    ...row.aliases.map((alias) => aliasPill(alias, null, change ? () => change("unalias", { alias }) : undefined)),
    ...row.tags.map((tag) => tagPill(tag, change ? () => change("tag", { key: tag.key }) : undefined)),
  ];
  return h(
    "div",
    { class: "tb-version-about" },
    description,
    pills.length > 0 && h("div", { class: "tb-pills" }, ...pills),
    change &&
      h(
        "div",
        { class: "tb-actions", role: "group", "aria-label": `Change v${row.version}` },
        act("Set alias…", "alias"),
        act("Stage…", "stage"),
        act("Describe…", "describe"),
        act("Tag…", "tag"),
        act("Copy…", "copy"),
        act("Delete…", "delete", true),
      ),
  );
}

function beside({ row, champion }: VersionDetail): string {
  if (champion === null) return "Metrics";
  return champion === row.version ? "Metrics of the champion" : `Metrics beside the champion, v${champion}`;
}

function metricsTable({ row, champion, metrics }: VersionDetail): HTMLElement {
  if (metrics.length === 0) return h("div", { class: "tb-hint" }, "Its run has no metrics.");
  const compared = champion !== null && champion !== row.version;
  const body = h("tbody");
  const rows = metrics.map((metric) => metricRow(metric, compared));
  const rest = capped(body, rows, SHOWN_METRICS, "metrics", { all: false });
  const heads = compared ? ["Metric", `v${row.version}`, `v${champion}`, "Difference"] : ["Metric", `v${row.version}`];
  const table = h(
    "table",
    { class: "tb-registry-table tb-beside" },
    h("thead", {}, h("tr", {}, ...heads.map((head, i) => h("th", { scope: "col", class: i ? "tb-right" : "" }, head)))),
    body,
  );
  const more = rest.querySelector("button");
  return h("div", {}, table, more);
}

function metricRow({ key, value, champion, delta }: MetricBeside, compared: boolean): HTMLElement {
  const number = (one: MetricBeside["value"]) =>
    one === null
      ? h("td", { class: "tb-right tb-hint" }, "–")
      : h("td", { class: "tb-right tb-num", title: fullNumber(one) }, formatNumber(one));
  const cells = compared ? [number(champion), h("td", { class: "tb-right" }, deltaElement(delta))] : [];
  return h("tr", {}, h("th", { scope: "row" }, user(key)), number(value), ...cells);
}

/** Which way is better is not known of a metric, so up and down have no colours. */
export function deltaElement(delta: MetricBeside["delta"]): HTMLElement | null {
  if (delta === null) return null;
  const { text, direction } = formatDelta(delta);
  const mark = direction === "up" || direction === "down" ? icon(direction) : null;
  return h("span", { class: "tb-delta tb-num" }, mark, text);
}

function runPart({ row, notebook }: VersionDetail, host: VersionHost): HTMLElement {
  const { run } = row;
  if (run === null) {
    return h(
      "div",
      {},
      h("div", { class: "tb-hint" }, "Not a run of this store, or one that is gone."),
      user(row.source, "tb-mono"),
    );
  }
  const { card, place } = host;
  const show = async () => {
    opener.disabled = true;
    const shown = (await card?.(run.run_id, place).catch(() => false)) ?? false;
    opener.hidden = shown;
    if (!shown) {
      opener.textContent = "This front end cannot show the card here";
      return;
    }
    place.tabIndex = -1; // the card is drawn a moment later: Tab leads into it
    place.focus();
  };
  const opener = button("Show its card", () => void show());
  opener.hidden = place.hasChildNodes();
  return h(
    "div",
    { class: "tb-source-run" },
    h(
      "div",
      { class: "tb-trail" },
      runLink(run.run_id, user(run.name, "tb-strong")),
      statusBadge(run.status),
      user(run.experiment, "tb-muted"),
      h("span", {}, runId(run.run_id)),
    ),
    h("div", { class: "tb-trail tb-muted" }, row.cell && cellElement(row.cell), notebook && user(notebook)),
    card && opener,
  );
}

function lineage(detail: VersionDetail, name: string): HTMLElement {
  const { row, inputs, notebook } = detail;
  const path = row.source.startsWith("runs:/") ? row.source.split("/").slice(2).join("/") : row.source;
  const steps = [
    step("Data", inputs.length > 0 ? inputList(inputs) : h("span", { class: "tb-hint" }, "no inputs recorded")),
    row.cell && step("Cell", cellElement(row.cell), notebook && user(notebook, "tb-muted")),
    step("Run", row.run ? user(row.run.name) : h("span", { class: "tb-hint" }, "not known")),
    step("Model", user(path, "tb-mono")),
    ...[...detail.copied_from].reverse().map((from) => step("Copied from", user(from))),
    step("Version", user(name), h("span", { class: "tb-strong" }, `v${row.version}`)),
  ];
  const shown = steps.filter((one) => one !== null);
  return h("ol", { class: "tb-plain tb-lineage", "aria-label": "From data to version" }, ...shown);
}

const step = (kind: string, ...content: (HTMLElement | string | null)[]) =>
  h(
    "li",
    { class: "tb-lineage-step" },
    h("div", { class: "tb-lineage-kind" }, kind),
    h("div", { class: "tb-lineage-what" }, ...content),
  );

function inputList(inputs: readonly CardInput[]): HTMLElement {
  const shown = inputs
    .slice(0, SHOWN_INPUTS)
    .map((input) =>
      h(
        "li",
        { title: `${input.name}\n${input.digest}\n${input.seen}` },
        user(input.name),
        h("span", { class: "tb-mono tb-muted" }, input.digest.slice(0, DIGEST) || "no digest"),
      ),
    );
  const more = inputs.length - shown.length;
  const rest = more > 0 ? h("li", { class: "tb-muted" }, `and ${plural(more, "more input", "more inputs")}`) : null;
  return h("ul", { class: "tb-plain tb-inputs" }, ...shown, rest);
}
