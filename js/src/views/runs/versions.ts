/**
 * The versions of a cell: a list to choose from, what putting the chosen one back would change, and the way back from it.
 * A dialog that is no window: Escape closes it, Tab stays within.
 */
import type { LabDiff, LabVersion, LabVersions } from "../../bridge/lab";
import { countChanges } from "../../lib/diff";
import { metricText } from "../../lib/labruns";
import { oneLine, plural } from "../../lib/text";
import { diffLine } from "../card/changes";
import { Clock } from "../clock";
import { button, h, icon, uniqueId, user } from "../dom";
import { statusBadge } from "../status";
import { messageOf } from "../view";

export interface VersionsHost {
  versions(): Promise<LabVersions>;
  /** the version against what stands in the cell */
  diff(run_id: string): Promise<LabDiff>;
  /** false where the cell cannot be written to */
  putBack(source: string): boolean;
  undo(): void;
  close(): void;
}

export interface VersionsView {
  readonly element: HTMLElement;
  focus(): void;
  /** the cell's text has changed, or a new version is there */
  refresh(): Promise<void>;
  dispose(): void;
}

/** What stands in the place of a secret in what was recorded. */
const SECRET = /\[secret: [^\]]*\]/;

export function versionsView(host: VersionsHost, now: () => number = Date.now): VersionsView {
  const clock = new Clock(now);
  const titleId = uniqueId("versions");
  let versions: LabVersion[] = [];
  let chosen = "";
  let diff: LabDiff | null = null;
  let turn = 0;

  const title = h("h2", { id: titleId, class: "tb-versions-title" }, "Versions");
  const list = h("ul", {
    class: "tb-versions-list tb-plain",
    role: "listbox",
    tabindex: 0,
    "aria-busy": "true",
    "aria-labelledby": titleId,
  });
  const note = h("div", { class: "tb-versions-note", role: "status" }, "Loading versions…");
  const heading = h("div", { class: "tb-versions-heading" });
  const lines = h("div", { class: "tb-diff", role: "region", tabindex: 0, "aria-label": "Changes to the cell" });
  const said = h("span", { class: "tb-versions-said", role: "status" });
  const put = button("Put back", () => putBack(), { class: "tb-button tb-primary" });
  const undo = button("Undo", () => takeBack(), { hidden: true });
  const closing = button("", () => host.close(), {
    class: "tb-button tb-quiet",
    "aria-label": "Close",
    title: "Close (Escape)",
  });
  closing.append(icon("cross"));
  const element = h(
    "div",
    { class: "tb-root tb-versions", role: "dialog", "aria-labelledby": titleId },
    h("div", { class: "tb-versions-bar" }, title, closing),
    h(
      "div",
      { class: "tb-versions-body" },
      list,
      h(
        "div",
        { class: "tb-versions-detail" },
        note,
        heading,
        lines,
        h("div", { class: "tb-versions-foot" }, said, undo, put),
      ),
    ),
  );
  put.disabled = true;
  element.addEventListener("keydown", onKey);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -versions.length, End: versions.length }[event.key];
    if (step === undefined || versions.length === 0) return;
    event.preventDefault();
    const place = versions.findIndex((one) => one.run.run_id === chosen) + step;
    void choose(versions[Math.max(0, Math.min(versions.length - 1, place))] as LabVersion);
  });

  function onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      host.close();
    }
    if (event.key !== "Tab") return;
    const stops = [closing, list, lines, undo, put].filter(
      (one) => !one.hidden && !(one as HTMLButtonElement).disabled,
    );
    const at = stops.indexOf(document.activeElement as HTMLButtonElement);
    const next = event.shiftKey ? at - 1 : at + 1;
    if (next >= 0 && next < stops.length) return;
    event.preventDefault();
    stops.at(next < 0 ? -1 : 0)?.focus();
  }

  function option(version: LabVersion): HTMLElement {
    const { run, metric, error } = version;
    return h(
      "li",
      {
        class: "tb-versions-item",
        role: "option",
        id: `${titleId}-${run.run_id}`,
        "aria-selected": String(run.run_id === chosen),
        onclick: () => void choose(version),
      },
      h("span", { class: "tb-versions-number" }, `v${version.version}`),
      statusBadge(run.status),
      h("span", { class: "tb-versions-when" }, clock.since(run.start_ms)),
      h(
        "span",
        { class: "tb-versions-result" },
        error !== null ? h("span", { class: "tb-versions-error" }, user(error)) : metric && user(metricText(metric)),
      ),
    );
  }

  function drawList(): void {
    const { scrollTop } = list;
    list.replaceChildren(...versions.map(option));
    list.scrollTop = scrollTop;
    if (versions.length > 0) list.setAttribute("aria-activedescendant", `${titleId}-${chosen}`);
    else list.removeAttribute("aria-activedescendant");
  }

  async function choose(version: LabVersion): Promise<void> {
    if (chosen !== version.run.run_id) put.disabled = true; // it names the one chosen before until that is compared
    chosen = version.run.run_id;
    drawList();
    list.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: "nearest" });
    await drawDiff();
  }

  async function drawDiff(): Promise<void> {
    turn += 1;
    const own = turn;
    const version = versions.find((one) => one.run.run_id === chosen);
    if (version === undefined) return;
    try {
      const found = await host.diff(chosen);
      if (own !== turn) return;
      diff = found;
    } catch (error) {
      if (own !== turn) return;
      diff = null;
      heading.replaceChildren(user(version.run.name, "tb-strong"));
      lines.replaceChildren(h("div", { class: "tb-versions-note" }, messageOf(error)));
      put.disabled = true;
      return;
    }
    const { added, removed } = countChanges(diff.lines);
    const counts = diff.same ? "as the cell stands" : `+${added} −${removed} against the cell`;
    heading.replaceChildren(user(version.run.name, "tb-strong"), h("span", { class: "tb-aside" }, counts));
    lines.replaceChildren(
      ...(diff.lines.length > 0
        ? diff.lines.map(diffLine)
        : [h("div", { class: "tb-versions-note" }, "The cell's text is that of this version.")]),
    );
    put.textContent = `Put v${version.version} back`;
    put.disabled = diff.same;
    put.title = diff.same ? `v${version.version} stands in the cell already` : "";
    if (!diff.same && SECRET.test(diff.source))
      say("It holds a secret that was replaced when it was recorded: fill it in.");
  }

  function putBack(): void {
    const version = versions.find((one) => one.run.run_id === chosen);
    if (diff === null || version === undefined) return;
    if (!host.putBack(diff.source)) {
      say("The cell cannot be edited.");
      return;
    }
    undo.hidden = false;
    undo.focus();
    say(`v${version.version} is back in the cell.`);
    void drawDiff();
  }

  function takeBack(): void {
    host.undo();
    undo.hidden = true;
    list.focus();
    say("The cell is as it was.");
    void drawDiff();
  }

  function say(text: string): void {
    said.textContent = text;
    said.title = text;
  }

  /** Where there is nothing to choose from, that alone is told. */
  function tell(text: string): void {
    const none = versions.length === 0;
    note.textContent = text;
    note.hidden = text === "";
    if (none && document.activeElement === list) closing.focus();
    list.hidden = none;
    if (!none) return;
    turn += 1;
    chosen = "";
    diff = null;
    put.disabled = true;
    drawList();
    heading.replaceChildren();
    lines.replaceChildren();
  }

  async function refresh(): Promise<void> {
    try {
      const found = await host.versions();
      versions = found.versions;
      const count = plural(found.total, "version");
      const shown = found.total > versions.length ? `newest ${versions.length} of ${count}` : count;
      title.replaceChildren(user(oneLine(found.label)), h("span", { class: "tb-aside" }, shown));
      tell(versions.length === 0 ? "No versions" : "");
    } catch (error) {
      tell(messageOf(error));
      return;
    } finally {
      list.removeAttribute("aria-busy");
    }
    // What stands in the cell is mostly the newest version: the one before is what people look for.
    const first = versions.find((one) => one.run.run_id === chosen) ?? versions[1] ?? versions[0];
    if (first !== undefined) await choose(first);
  }

  void refresh();
  return {
    element,
    focus: () => list.focus(),
    refresh,
    dispose() {
      clock.dispose();
      element.remove();
    },
  };
}
