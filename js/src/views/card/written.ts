/** The files that the cell wrote: each can be kept as an artifact of the run. */
import type { Card } from "../../bridge/card";
import type { WrittenFile } from "../../bridge/record";
import { formatBytes, grouped } from "../../lib/text";
import { button, h, icon, user } from "../dom";
import { capped } from "../more";
import type { CardHost } from "./host";
import { section, titled } from "./section";

const SHOWN = 6;

export interface WrittenState {
  all: boolean;
  /** paths that are on their way */
  busy: string[];
  /** path -> why it could not be kept */
  problems: Record<string, string>;
}

/** `changed` is called when the state is another, `onKept` when a file has become an artifact. */
export function written(
  card: Card,
  host: CardHost,
  state: WrittenState,
  changed: () => void,
  onKept: (file: WrittenFile) => void,
): HTMLElement | null {
  const { written: files = [], written_count: count = 0 } = card.record ?? {};
  if (files.length === 0) return null;
  const keep = async ({ path }: WrittenFile) => {
    if (host.keep === undefined || state.busy.includes(path)) return;
    state.busy = [...state.busy, path];
    delete state.problems[path];
    changed();
    try {
      onKept(await host.keep(path));
    } catch (error) {
      state.problems[path] = error instanceof Error ? error.message : String(error);
    }
    state.busy = state.busy.filter((one) => one !== path);
    changed();
  };
  const list = h("div", { class: "tb-files tb-written", role: "list" });
  const rows = files.map((file) => row(file, state, host.keep && (() => void keep(file))));
  const beyond = count - files.length;
  return section(
    "written",
    titled("Files written", count > 1 ? grouped(count) : ""),
    capped(list, rows, SHOWN, "files", state),
    beyond > 0 && h("div", { class: "tb-muted" }, `and ${grouped(beyond)} more`),
  );
}

function row(file: WrittenFile, state: WrittenState, keep: (() => void) | undefined): HTMLElement {
  const { path, size } = file;
  const problem = state.problems[path];
  return h(
    "div",
    { class: "tb-file", role: "listitem" },
    user(path, "tb-mono tb-file-name"),
    h("span", { class: "tb-num tb-file-size" }, formatBytes(size)),
    h(
      "span",
      { class: "tb-file-action" },
      file.kept === null ? keep && keeper(path, state, keep) : mark(path, file.kept),
    ),
    problem !== undefined && h("div", { class: "tb-file-problem", role: "alert" }, problem),
  );
}

const keepLabel = (path: string) => `Keep as artifact: ${path}`;

function keeper(path: string, state: WrittenState, keep: () => void): HTMLElement {
  const busy = state.busy.includes(path);
  const element = button("Keep as artifact", keep, { "aria-label": keepLabel(path), "aria-disabled": busy && "true" });
  if (busy) element.prepend(h("span", { class: "tb-spinner" }));
  return element;
}

/** Takes the focus of the button in whose place it comes. */
function mark(path: string, kept: string): HTMLElement {
  return h(
    "span",
    { class: "tb-kept", title: kept, tabindex: -1, "data-after": keepLabel(path) },
    icon("check"),
    "Kept",
    h("span", { class: "tb-sr" }, ` as ${kept}`),
  );
}
