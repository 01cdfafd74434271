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

/** What stands in the place of a secret in what was recorded. */
const SECRET = /\[secret: [^\]]*\]/;

export class VersionsView {
  private readonly clock: Clock;
  private readonly id = uniqueId("versions");
  private versions: LabVersion[] = [];
  /** its run's id */
  private chosen = "";
  /** of the one that is chosen, once it has come */
  private diff: LabDiff | null = null;
  /** questions for a diff */
  private turn = 0;
  private readonly title = h("h2", { id: this.id, class: "tb-versions-title" }, "Versions");
  private readonly list = h("ul", {
    class: "tb-versions-list tb-plain",
    role: "listbox",
    tabindex: 0,
    "aria-busy": "true",
    "aria-labelledby": this.id,
  });
  private readonly note = h("div", { class: "tb-versions-note", role: "status" }, "Loading versions…");
  private readonly heading = h("div", { class: "tb-versions-heading" });
  private readonly lines = h("div", {
    class: "tb-diff",
    role: "region",
    tabindex: 0,
    "aria-label": "Changes to the cell",
  });
  private readonly said = h("span", { class: "tb-versions-said", role: "status" });
  private readonly put = button("Put back", () => this.putBack(), { class: "tb-button tb-primary" });
  private readonly undo = button("Undo", () => this.takeBack(), { hidden: true });
  private readonly closing = button("", () => this.host.close(), {
    class: "tb-button tb-quiet",
    "aria-label": "Close",
    title: "Close (Escape)",
  });
  readonly element: HTMLElement;

  constructor(
    private readonly host: VersionsHost,
    now: () => number = Date.now,
  ) {
    this.clock = new Clock(now);
    const { title, closing, list, note, heading, lines, said, undo, put } = this;
    closing.append(icon("cross"));
    put.disabled = true;
    const foot = h("div", { class: "tb-versions-foot" }, said, undo, put);
    const detail = h("div", { class: "tb-versions-detail" }, note, heading, lines, foot);
    this.element = h(
      "div",
      { class: "tb-root tb-versions", role: "dialog", "aria-labelledby": this.id },
      h("div", { class: "tb-versions-bar" }, title, closing),
      h("div", { class: "tb-versions-body" }, list, detail),
    );
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    list.addEventListener("keydown", (event) => this.onListKey(event));
    void this.refresh();
  }

  focus(): void {
    this.list.focus();
  }

  dispose(): void {
    this.clock.dispose();
    this.element.remove();
  }

  /** The cell's text has changed, or a new version is there. */
  async refresh(): Promise<void> {
    try {
      this.show(await this.host.versions());
    } catch (error) {
      this.tell(messageOf(error));
      return;
    } finally {
      this.list.removeAttribute("aria-busy");
    }
    // What stands in the cell is mostly the newest version: the one before is what people look for.
    const first = this.version ?? this.versions[1] ?? this.versions[0];
    if (first !== undefined) await this.choose(first);
  }

  private show({ versions, total, label }: LabVersions): void {
    this.versions = versions;
    const count = plural(total, "version");
    const shown = total > versions.length ? `newest ${versions.length} of ${count}` : count;
    this.title.replaceChildren(user(oneLine(label)), h("span", { class: "tb-aside" }, shown));
    this.tell(versions.length === 0 ? "No versions" : "");
  }

  // -- keys ----------------------------------------------------------------------------------------------------------

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.host.close();
    }
    if (event.key !== "Tab") return;
    const { closing, list, lines, undo, put } = this;
    const stops = [closing, list, lines, undo, put].filter(
      (one) => !one.hidden && !(one as HTMLButtonElement).disabled,
    );
    const at = stops.indexOf(document.activeElement as HTMLButtonElement);
    const next = event.shiftKey ? at - 1 : at + 1;
    if (next >= 0 && next < stops.length) return;
    event.preventDefault();
    stops.at(next < 0 ? -1 : 0)?.focus();
  }

  private onListKey(event: KeyboardEvent): void {
    const { versions } = this;
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -versions.length, End: versions.length }[event.key];
    if (step === undefined || versions.length === 0) return;
    event.preventDefault();
    const place = versions.findIndex((one) => one.run.run_id === this.chosen) + step;
    void this.choose(versions[Math.max(0, Math.min(versions.length - 1, place))] as LabVersion);
  }

  // -- the list ------------------------------------------------------------------------------------------------------

  /** The one that is chosen. */
  private get version(): LabVersion | undefined {
    return this.versions.find((one) => one.run.run_id === this.chosen);
  }

  private async choose(version: LabVersion): Promise<void> {
    if (this.chosen !== version.run.run_id) this.put.disabled = true; // it names the one chosen before until that is compared
    this.chosen = version.run.run_id;
    this.drawList();
    this.list.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: "nearest" });
    await this.compare();
  }

  private drawList(): void {
    const { list, versions } = this;
    const { scrollTop } = list;
    list.replaceChildren(...versions.map((version) => this.option(version)));
    list.scrollTop = scrollTop;
    if (versions.length > 0) list.setAttribute("aria-activedescendant", `${this.id}-${this.chosen}`);
    else list.removeAttribute("aria-activedescendant");
  }

  private option(version: LabVersion): HTMLElement {
    const { run, metric, error } = version;
    const result =
      error !== null ? h("span", { class: "tb-versions-error" }, user(error)) : metric && user(metricText(metric));
    return h(
      "li",
      {
        class: "tb-versions-item",
        role: "option",
        id: `${this.id}-${run.run_id}`,
        "aria-selected": String(run.run_id === this.chosen),
        onclick: () => void this.choose(version),
      },
      h("span", { class: "tb-versions-number" }, `v${version.version}`),
      statusBadge(run.status),
      h("span", { class: "tb-versions-when" }, this.clock.since(run.start_ms)),
      h("span", { class: "tb-versions-result" }, result),
    );
  }

  /** Where there is nothing to choose from, that alone is told. */
  private tell(text: string): void {
    const { note, list } = this;
    const none = this.versions.length === 0;
    note.textContent = text;
    note.hidden = text === "";
    if (none && document.activeElement === list) this.closing.focus();
    list.hidden = none;
    if (!none) return;
    this.turn += 1;
    this.chosen = "";
    this.diff = null;
    this.put.disabled = true;
    this.drawList();
    this.heading.replaceChildren();
    this.lines.replaceChildren();
  }

  // -- what would change ---------------------------------------------------------------------------------------------

  private async compare(): Promise<void> {
    this.turn += 1;
    const own = this.turn;
    const { version } = this;
    if (version === undefined) return;
    try {
      const found = await this.host.diff(this.chosen);
      if (own === this.turn) this.drawDiff(version, found);
    } catch (error) {
      if (own === this.turn) this.drawProblem(version, error);
    }
  }

  private drawDiff(version: LabVersion, diff: LabDiff): void {
    this.diff = diff;
    const { added, removed } = countChanges(diff.lines);
    const counts = diff.same ? "as the cell stands" : `+${added} −${removed} against the cell`;
    this.heading.replaceChildren(user(version.run.name, "tb-strong"), h("span", { class: "tb-aside" }, counts));
    const same = h("div", { class: "tb-versions-note" }, "The cell's text is that of this version.");
    this.lines.replaceChildren(...(diff.lines.length > 0 ? diff.lines.map(diffLine) : [same]));
    this.put.textContent = `Put v${version.version} back`;
    this.put.disabled = diff.same;
    this.put.title = diff.same ? `v${version.version} stands in the cell already` : "";
    if (!diff.same && SECRET.test(diff.source))
      this.say("It holds a secret that was replaced when it was recorded: fill it in.");
  }

  private drawProblem(version: LabVersion, error: unknown): void {
    this.diff = null;
    this.heading.replaceChildren(user(version.run.name, "tb-strong"));
    this.lines.replaceChildren(h("div", { class: "tb-versions-note" }, messageOf(error)));
    this.put.disabled = true;
  }

  // -- back into the cell --------------------------------------------------------------------------------------------

  private putBack(): void {
    const { diff, version, undo } = this;
    if (diff === null || version === undefined) return;
    if (!this.host.putBack(diff.source)) {
      this.say("The cell cannot be edited.");
      return;
    }
    undo.hidden = false;
    undo.focus();
    this.say(`v${version.version} is back in the cell.`);
    void this.compare();
  }

  private takeBack(): void {
    this.host.undo();
    this.undo.hidden = true;
    this.list.focus();
    this.say("The cell is as it was.");
    void this.compare();
  }

  private say(text: string): void {
    this.said.textContent = text;
    this.said.title = text;
  }
}
