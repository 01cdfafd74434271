/** Quiet facts at the foot of a card: warnings, artifacts, environment and notebook. */

import type { Card } from "../../bridge/card";
import type { Status } from "../../bridge/payloads";
import type { CardSnapshot, PackageChange } from "../../bridge/record";
import { type ArtifactLine, sumUp } from "../../lib/artifacts";
import { clockText, distinctSnapshots, snapshotText } from "../../lib/record";
import { formatBytes, grouped, plural } from "../../lib/text";
import { formatAbsolute } from "../../lib/time";
import { button, h, icon, user } from "../dom";
import { showPreview } from "../preview";
import { statusBadge } from "../status";
import type { CardHost } from "./host";
import { section, titled } from "./section";

const SHOWN_LINES = 6;

export function warnings(card: Card): HTMLElement | null {
  if (card.warnings.length === 0) return null;
  const lines = card.warnings.map((text) => h("li", {}, icon("warning"), h("bdi", { class: "tb-wrap" }, text)));
  return section(
    "warnings",
    card.warnings.length === 1 ? "Warning" : "Warnings",
    h("ul", { class: "tb-plain" }, ...lines),
  );
}

export interface ArtifactsState {
  all: boolean;
  /** the file that is looked at */
  path: string | null;
}

export function artifacts(card: Card, host: CardHost, state: ArtifactsState): HTMLElement | null {
  if (card.artifacts.length === 0) return null;
  const { preview } = host;
  const look = h("div", { class: "tb-slot" });
  const close = () => {
    const was = state.path;
    state.path = null;
    look.replaceChildren();
    [...list.querySelectorAll<HTMLElement>("button")].find((one) => one.title === was)?.focus();
  };
  const open = (path: string) => {
    state.path = path;
    if (preview !== undefined) void showPreview(look, path, preview, close, host.address?.(path));
  };
  const body = h("div");
  const list = h("div", { class: "tb-artifacts", role: "list" });
  const row = (file: ArtifactLine) =>
    artifactLine(file, preview && file.files === 1 ? open : undefined, () => showAll());
  const lines = sumUp(card.artifacts);
  const files = card.artifacts.map((file): ArtifactLine => ({ ...file, files: 1, title: file.path }));
  const showAll = () => {
    state.all = true;
    list.replaceChildren(...files.map(row));
    body.replaceChildren(list);
  };
  if (state.all) showAll();
  else {
    list.replaceChildren(...lines.slice(0, SHOWN_LINES).map(row));
    body.append(list);
    const hides = lines.length < files.length || lines.length > SHOWN_LINES;
    if (hides) body.append(button(`Show all ${files.length} files`, showAll, { class: "tb-button tb-quiet" }));
  }
  const beyond = card.artifact_count - files.length;
  const rest = beyond > 0 && h("div", { class: "tb-muted" }, `and ${grouped(beyond)} more`);
  const count = Math.max(card.artifact_count, files.length);
  return section("artifacts", titled("Artifacts", grouped(count)), body, rest, look);
}

/** A click looks at a file, or shows what a folder holds. */
function artifactLine(line: ArtifactLine, open: ((path: string) => void) | undefined, all: () => void): HTMLElement {
  const { path, size, files, title } = line;
  const count = files > 1 && h("span", { class: "tb-muted" }, plural(files, "file"));
  const bytes = h("span", { class: "tb-muted tb-num" }, size === null ? "" : formatBytes(size));
  const act = files > 1 ? all : open && (() => open(path));
  const name = user(path, "tb-mono", title);
  const shown =
    act === undefined
      ? name
      : h("button", { type: "button", class: "tb-link", title, "aria-label": `Look at ${path}`, onclick: act }, name);
  return h("div", { class: "tb-artifact", role: "listitem" }, shown, count, bytes);
}

function opener(when: string, onclick: (() => void) | null): HTMLElement {
  if (onclick === null) return h("span", {}, when);
  const label = `Open the notebook as it was ${when}`;
  return h("button", { type: "button", class: "tb-link", "aria-label": label, title: label, onclick }, when);
}

/** The notebook as it was: where it was taken from, and when; `open` shows it as a document. */
export function snapshots(card: Card, open: ((one: CardSnapshot) => void) | null): HTMLElement | null {
  const found = distinctSnapshots(card.record?.snapshots ?? []);
  if (found.length === 0) return null;
  const rows = found.map(({ since_ms, ...one }) =>
    h(
      "div",
      { class: "tb-trail tb-muted" },
      opener(since_ms === undefined ? `at the ${one.when}` : "at the start and the end", open && (() => open(one))),
      since_ms !== undefined && h("span", {}, "the same"),
      h("span", {}, snapshotText(one)),
      clock(one.taken_ms, since_ms),
      user(one.path, "tb-mono"),
    ),
  );
  return section("snapshot", "Snapshot", ...rows);
}

/** A time of day; from one to another where they differ in what is shown of them. */
function clock(time_ms: number, since_ms = time_ms): HTMLElement {
  const [from, to] = [clockText(since_ms), clockText(time_ms)];
  const title = from === to ? formatAbsolute(time_ms) : `${formatAbsolute(since_ms)} – ${formatAbsolute(time_ms)}`;
  return h("span", { class: "tb-num", title }, from === to ? to : `${from} – ${to}`);
}

/** The executions of a run that was gone on with, each with the folder of its own record. */
export function executions(card: Card): HTMLElement | null {
  const found = card.record?.executions ?? [];
  if (found.length === 0) return null;
  const rows = found.map((one) =>
    h(
      "div",
      { class: "tb-trail tb-muted" },
      h("span", { class: "tb-num" }, String(one.number)),
      one.status === "" ? user("unknown end") : statusBadge(one.status as Status),
      clock(one.start_ms),
      user(one.source, "tb-mono"),
      user(`${one.folder}/`, "tb-mono"),
    ),
  );
  return section("executions", titled("Executions", grouped(found.length)), ...rows);
}

export function environment(card: Card, open: { all: boolean }): HTMLElement | null {
  const { environment: env, notebook } = card;
  const parts: HTMLElement[] = [];
  if (env !== null) {
    parts.push(
      h("span", {}, `Python ${env.python}`),
      user(env.platform),
      h("span", {}, plural(env.packages, "package")),
    );
    if (env.git !== null) parts.push(gitOf(env.git));
  }
  if (notebook?.path) parts.push(user(notebook.path, "tb-mono"));
  if (notebook !== null && notebook.cells > 0) parts.push(h("span", {}, plural(notebook.cells, "executed cell")));
  if (parts.length === 0) return null;
  return section(
    "environment",
    "Environment",
    h("div", { class: "tb-trail tb-muted" }, ...parts),
    packages(card, open),
  );
}

/** What came, went or has another version since the version before. */
function packages(card: Card, open: { all: boolean }): HTMLElement | null {
  const changed = card.record?.packages ?? [];
  if (changed.length === 0) return null;
  const version = card.cell === null ? 0 : card.cell.version;
  const since = version > 1 ? ` since v${version - 1}` : "";
  const details = h(
    "details",
    { class: "tb-packages", open: open.all },
    h("summary", {}, `${plural(changed.length, "package")} changed${since}`),
    h("div", { class: "tb-files", role: "list" }, ...changed.map(change)),
  );
  details.addEventListener("toggle", () => {
    open.all = details.open;
  });
  return details;
}

function change({ name, before, after }: PackageChange): HTMLElement {
  return h(
    "div",
    { class: "tb-file", role: "listitem" },
    user(name, "tb-mono tb-file-name"),
    h("span", { class: "tb-muted" }, before === null ? "was not there" : user(before, "tb-mono")),
    h("span", {}, after === null ? "is gone" : user(after, "tb-mono")),
  );
}

function gitOf({ commit, branch, dirty }: { commit: string; branch: string; dirty: boolean }): HTMLElement {
  const name = h(
    "span",
    { class: "tb-git" },
    user(branch),
    "@",
    h("bdi", { class: "tb-mono", title: commit }, commit.slice(0, 8)),
  );
  if (dirty)
    name.append(
      " ",
      h(
        "span",
        { class: "tb-dirty", title: "The working tree had changes that were not committed" },
        "uncommitted changes",
      ),
    );
  return name;
}
