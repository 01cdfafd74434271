/**
 * The model registry: a list of models, and one of them with its versions, where they came from, and what was done.
 *
 * Each view has its own open model, versions and search; what is stored is read again when Python says that it changed.
 */
import type {
  Action,
  Change,
  Changed,
  ModelDetail,
  RegistryState,
  VersionDetail,
  VersionRow,
} from "../../bridge/registry";
import { plural } from "../../lib/text";
import { Clock } from "../clock";
import { button, h, uniqueId } from "../dom";
import { Notice } from "../notice";
import { type Connection, messageOf, type View } from "../view";
import { ChangeDialog } from "./dialog";
import { askedFor, askedToRegister } from "./forms";
import type { RegistryHost } from "./host";
import { focusKey, keepingFocus } from "./keys";
import { modelList } from "./list";
import { modelPage } from "./model";
import { versionPanel } from "./version";

const LIMIT = 50;
const TYPING_MS = 200;

export interface RegistryView extends View<RegistryState> {
  connection(connection: Connection): void;
  /** what is stored has changed */
  refresh(): void;
}

export function registryView(
  root: HTMLElement,
  first: RegistryState,
  host: RegistryHost,
  now: () => number = Date.now,
): RegistryView {
  let state = first;
  let name = first.model?.name ?? null;
  /** opened with one model: there is no list to go back to */
  const alone = name !== null && host.onOpen === undefined;
  let search = "";
  let limit = LIMIT;
  let live = true;
  let typing: ReturnType<typeof setTimeout> | undefined;
  let round = 0;
  const open = new Map<string, VersionDetail | null>();
  const cards = new Map<string, HTMLElement>();
  const clock = new Clock(now);
  const notice = new Notice();
  const said = h("div", { class: "tb-registry-said", role: "status" });
  const count = h("span", { class: "tb-muted tb-count" });
  const searchId = uniqueId("search");
  const box = h("input", {
    id: searchId,
    class: "tb-input tb-registry-search",
    type: "search",
    placeholder: "Find a model",
    "aria-label": "Find a model by a part of its name",
    oninput: () => {
      clearTimeout(typing);
      typing = setTimeout(() => {
        search = box.value.trim();
        limit = LIMIT;
        void read();
      }, TYPING_MS);
    },
  });
  const register = button("Register…", () => void askToRegister(), { "data-key": "register" });
  const bar = h(
    "div",
    { class: "tb-registry-bar" },
    h("div", { class: "tb-table-title" }, "Model registry"),
    count,
    box,
    register,
  );
  const content = h("div", { class: "tb-registry-content" });
  const dialog = new ChangeDialog(
    host,
    () => name,
    (changed, change) => applied(changed, change),
    () => restore(),
  );
  const element = h("div", { class: "tb-registry" }, bar, notice.element, said, content, dialog.element);
  let opener: string | null = null;
  root.classList.add("tb-root");
  root.append(element);

  const mayChange = () => live && (host.mayChange?.(name) ?? true);

  /** Where the dialog was opened from has the focus again, or the title where that is gone. */
  function restore(): void {
    const key = opener;
    opener = null;
    if (key === null || !focusKey(element, key)) focusKey(element, "title");
  }

  function remember(): void {
    const { activeElement } = element.getRootNode() as Document | ShadowRoot;
    opener = activeElement?.getAttribute("data-key") ?? null;
  }

  function change(action: Action, row: VersionRow | null, more: Record<string, string> = {}): void {
    if (name === null) return;
    remember();
    dialog.show(askedFor(action, name, row, more));
  }

  async function askToRegister(): Promise<void> {
    remember();
    try {
      const found = await host.ask("runs", {});
      if (found.length > 0) dialog.show(askedToRegister(found, name));
      else
        notice.error(
          "None of the newest runs has a model. Log one with tb.sklearn.log_model, or track a cell that fits one.",
        );
    } catch (error) {
      notice.error(messageOf(error));
    }
  }

  function applied(changed: Changed, change: Change): void {
    said.textContent = `Done. ${changed.said}`;
    if (change.action === "rename") void go(String(change.to));
    else if (change.action === "delete" && change.version === undefined) void go(null);
    else if (change.action === "register" && name === null) void go(change.name);
    else {
      state = changed.state;
      void refreshOpen();
    }
  }

  async function go(to: string | null): Promise<void> {
    name = to;
    open.clear();
    cards.clear();
    host.onOpen?.(to);
    await read();
    if (to === null) focusKey(element, "register");
    else focusKey(element, "title");
  }

  async function read(): Promise<void> {
    round += 1;
    const mine = round;
    content.setAttribute("aria-busy", "true");
    try {
      const shown = state.model?.versions.rows.length ?? 0;
      const next = await host.ask("state", { search, limit, name });
      if (mine !== round) return;
      if (next.model !== null && shown > next.model.versions.rows.length && next.model.name === state.model?.name)
        next.model.versions = await host.ask("versions", { name: next.model.name, limit: shown });
      state = next;
      if (name !== null && state.model === null) {
        notice.error(`The model ${name} is gone: it was renamed or deleted.`);
        name = null;
      }
      await refreshOpen();
    } catch (error) {
      if (mine === round) notice.error(messageOf(error), () => void read());
    } finally {
      content.removeAttribute("aria-busy");
    }
  }

  /** Versions that stand open are read again; one that is gone is closed. */
  async function refreshOpen(): Promise<void> {
    const there = new Set(state.model?.versions.rows.map((row) => row.version));
    for (const version of [...open.keys()]) if (!there.has(version)) open.delete(version);
    draw();
    await Promise.all([...open.keys()].map((version) => readVersion(version)));
  }

  async function readVersion(version: string): Promise<void> {
    if (name === null) return;
    try {
      const detail = await host.ask("version", { name, version });
      if (!open.has(version)) return;
      if (JSON.stringify(open.get(version)) === JSON.stringify(detail)) return;
      open.set(version, detail);
      draw();
    } catch (error) {
      notice.error(messageOf(error), () => void readVersion(version));
    }
  }

  const opening = {
    panel(version: string): HTMLElement | null {
      const detail = open.get(version);
      if (detail === undefined) return null;
      if (detail === null) return h("div", { class: "tb-hint" }, "Loading…");
      const { row } = detail;
      const { showWidget } = host;
      const place = cards.get(version) ?? h("div", { class: "tb-run-card" });
      cards.set(version, place);
      return versionPanel(detail, name ?? "", {
        place,
        change: mayChange() ? (action, more) => change(action, row, more) : null,
        card:
          live && showWidget ? async (run_id, place) => showWidget(await host.ask("card", { run_id }), place) : null,
      });
    },
    toggle(version: string): void {
      if (open.delete(version)) {
        draw();
        return;
      }
      open.set(version, null);
      draw();
      void readVersion(version);
    },
  };

  async function more(): Promise<void> {
    const { model } = state;
    if (model === null) return;
    try {
      const versions = await host.ask("versions", {
        name: model.name,
        limit: Math.max(100, model.versions.rows.length * 4),
      });
      replaceModel({ ...model, versions });
    } catch (error) {
      notice.error(messageOf(error), () => void more());
    }
  }

  async function older(): Promise<void> {
    const { model } = state;
    if (!model?.audit.token) return;
    try {
      const page = await host.ask("audit", { name: model.name, token: model.audit.token });
      replaceModel({ ...model, audit: { rows: [...model.audit.rows, ...page.rows], token: page.token } });
    } catch (error) {
      notice.error(messageOf(error), () => void older());
    }
  }

  function replaceModel(model: ModelDetail): void {
    if (state.model?.name !== model.name) return;
    state = { ...state, model };
    draw();
  }

  function page(): HTMLElement {
    const { model } = state;
    if (model !== null && name !== null)
      return modelPage(model, clock, {
        opening,
        change: mayChange() ? (action, more) => change(action, null, more) : null,
        deciding: {
          decide: (decision, more) => change(decision, null, more),
          may: (decision, request) =>
            live && (host.mayDecide?.(decision, request, model.approvers ?? []) ?? mayChange()),
        },
        register: () => void askToRegister(),
        more: () => void more(),
        older: () => void older(),
        back: alone ? null : () => void go(null),
      });
    if (state.models.length === 0) return h("div", { class: "tb-empty" }, emptyText(search));
    const list = modelList(state.models, clock, (to) => void go(to));
    const scroller = h(
      "div",
      { class: "tb-registry-scroll", role: "group", tabindex: 0, "aria-label": "Registered models" },
      list,
    );
    if (state.models.length >= state.total) return scroller;
    const all = () => {
      limit *= 4;
      void read();
    };
    return h(
      "div",
      {},
      scroller,
      h(
        "div",
        { class: "tb-more" },
        button(`Show more of ${plural(state.total, "model")}`, all, { "data-key": "more" }),
      ),
    );
  }

  function draw(): void {
    bar.hidden = name !== null;
    register.hidden = !mayChange();
    count.textContent = state.total > 0 || search !== "" ? plural(state.total, "model") : "";
    box.hidden = state.total === 0 && search === "";
    keepingFocus(content, () => content.replaceChildren(page()));
  }

  draw();
  return {
    update(next) {
      if (next.model !== null && next.model.name === name) state = { ...state, model: next.model };
      dialog.refresh();
      void read();
    },
    refresh() {
      dialog.refresh();
      void read();
    },
    connection(connection) {
      notice.connection(connection);
      const now = connection.state !== "offline";
      if (now === live) return;
      live = now;
      if (!live) dialog.close();
      draw();
    },
    dispose() {
      clearTimeout(typing);
      dialog.close();
      clock.dispose();
      element.remove();
    },
  };
}

function emptyText(search: string): string {
  if (search !== "") return `No model has “${search}” in its name.`;
  return "No registered models yet. Register one from a run's card, here, or with tb.register_model.";
}
