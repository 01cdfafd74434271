/** Quiet facts at the foot of a card: warnings, tags, artifacts, environment and notebook. */
import type { Card } from "../../bridge/payloads";
import { type ArtifactLine, sumUp } from "../../lib/artifacts";
import { formatBytes, grouped, plural } from "../../lib/text";
import { button, h, icon, user } from "../dom";
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

export function tags(card: Card): HTMLElement | null {
  if (card.tags.length === 0) return null;
  const pills = card.tags.map(({ key, value }) => h("span", { class: "tb-tag" }, user(key, "tb-key"), user(value)));
  return section("tags", "Tags", h("div", { class: "tb-pills" }, ...pills));
}

export function artifacts(card: Card, open: { all: boolean }): HTMLElement | null {
  if (card.artifacts.length === 0) return null;
  const body = h("div");
  const list = h("div", { class: "tb-artifacts", role: "list" });
  const lines = sumUp(card.artifacts).map(artifactLine);
  const files = card.artifacts.map((file) => artifactLine({ ...file, files: 1, title: file.path }));
  const showAll = () => {
    open.all = true;
    list.replaceChildren(...files);
    body.replaceChildren(list);
  };
  if (open.all) showAll();
  else {
    list.replaceChildren(...lines.slice(0, SHOWN_LINES));
    body.append(list);
    const hides = lines.length < files.length || lines.length > SHOWN_LINES;
    if (hides) body.append(button(`Show all ${files.length} files`, showAll, { class: "tb-button tb-quiet" }));
  }
  const beyond = card.artifact_count - files.length;
  const rest = beyond > 0 && h("div", { class: "tb-muted" }, `and ${grouped(beyond)} more`);
  const count = Math.max(card.artifact_count, files.length);
  return section("artifacts", titled("Artifacts", grouped(count)), body, rest);
}

function artifactLine({ path, size, files, title }: ArtifactLine): HTMLElement {
  const count = files > 1 && h("span", { class: "tb-muted" }, plural(files, "file"));
  const bytes = h("span", { class: "tb-muted tb-num" }, size === null ? "" : formatBytes(size));
  return h("div", { class: "tb-artifact", role: "listitem" }, user(path, "tb-mono", title), count, bytes);
}

export function environment(card: Card): HTMLElement | null {
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
  return parts.length === 0
    ? null
    : section("environment", "Environment", h("div", { class: "tb-trail tb-muted" }, ...parts));
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
