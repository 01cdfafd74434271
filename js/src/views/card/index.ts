/**
 * The run card: what one execution of a cell was, while it goes on and after.
 *
 * A card is drawn from `Card`; while the run goes on, deltas change metrics and curves in place.  Each section is drawn
 * anew only when its own part of the card has changed, so that nothing jumps, folds back or loses its focus.
 */
import type { Registered } from "../../bridge/methods";
import type { Card, CardDelta, CardMetric, WrittenFile } from "../../bridge/payloads";
import { Curves } from "../../lib/curves";
import { Clock } from "../clock";
import { h } from "../dom";
import { Notice } from "../notice";
import { onThemeChange } from "../theme";
import type { Connection, View } from "../view";
import { changes } from "./changes";
import { ChartsSection } from "./charts";
import { artifacts, environment, executions, snapshots, tags, warnings } from "./context";
import { failure } from "./failure";
import { type FoundState, found } from "./found";
import { header } from "./header";
import type { CardHost } from "./host";
import { inputs } from "./inputs";
import { metricsSection } from "./metrics";
import { models } from "./models";
import { params } from "./params";
import { rerun } from "./rerun";
import { secrets } from "./secrets";
import { system } from "./system";
import { type WrittenState, written } from "./written";

const BUCKETS = 400;
const KEYS_AT_ONCE = 40;

export interface CardView extends View<Card> {
  /** a piece of a live run; a gap in `seq` makes the view ask for the whole card */
  apply(delta: CardDelta): void;
  fold(folded: boolean): void;
  connection(connection: Connection): void;
}

/** Where a section stands, and how it is drawn; `of` is the part of the card that it shows. */
interface Slot {
  of(card: Card): unknown;
  draw(card: Card): HTMLElement | null;
  drawn?: string;
  place: HTMLElement;
}

export function cardView(root: HTMLElement, first: Card, host: CardHost, now: () => number = Date.now): CardView {
  let card = first;
  let seq: number | null = null;
  let offline = false;
  let folded = host.folded ?? false;
  const clock = new Clock(now);
  const curves = new Curves();
  const notice = new Notice();
  const metrics = metricsSection();
  const charts = new ChartsSection();
  const closed = () => ({ all: false });
  const open = {
    params: closed(),
    artifacts: closed(),
    system: closed(),
    inputs: closed(),
    rerun: closed(),
    secrets: closed(),
    packages: closed(),
  };
  const keeping: WrittenState = { all: false, busy: [], problems: {} };
  const lookUp: FoundState = { open: false, words: undefined };

  const onRegistered = (path: string, registered: Registered) => {
    const add = (list: Registered[]) => [
      ...list.filter((r) => r.name !== registered.name || r.version !== registered.version),
      registered,
    ];
    card = { ...card, models: card.models.map((m) => (m.path === path ? { ...m, registered: add(m.registered) } : m)) };
    drawSlots();
  };
  const onKept = (file: WrittenFile) => {
    if (!card.record) return;
    const files = card.record.written.map((one) => (one.path === file.path ? file : one));
    card = { ...card, record: { ...card.record, written: files } };
  };
  const slot = (of: Slot["of"], draw: Slot["draw"]): Slot => ({ of, draw, place: h("div", { class: "tb-slot" }) });
  const slots = {
    header: slot(
      (c) => [c.run, c.cell, folded, offline, folded && c.metrics.slice(0, 3)],
      (c) => header(c, clock, { folded, live: !offline }, () => setFolded(!folded)),
    ),
    warnings: slot((c) => c.warnings, warnings),
    error: slot((c) => c.error, failure),
    params: slot(
      (c) => c.params,
      (c) => params(c, open.params),
    ),
    found: slot(
      (c) => [c.params.map(origin), c.metrics.map(origin), c.left_out, offline, lookUp.words],
      (c) => found(c, offline ? {} : host, lookUp, () => drawSlots()),
    ),
    models: slot(
      (c) => [c.models, offline],
      (c) => models(c, offline ? {} : host, onRegistered),
    ),
    inputs: slot(
      (c) => [c.record?.inputs, c.record?.input_count],
      (c) => inputs(c, open.inputs),
    ),
    rerun: slot(
      (c) => c.record?.rerun,
      (c) => rerun(c, open.rerun),
    ),
    written: slot(
      (c) => [c.record?.written, c.record?.written_count, offline, keeping.busy, keeping.problems],
      (c) => written(c, offline ? {} : host, keeping, () => drawSlots(), onKept),
    ),
    snapshots: slot((c) => c.record?.snapshots, snapshots),
    executions: slot((c) => c.record?.executions, executions),
    secrets: slot(
      (c) => c.record?.secrets,
      (c) => secrets(c, open.secrets),
    ),
    system: slot(
      (c) => c.system,
      (c) => system(c, open.system),
    ),
    changes: slot((c) => [c.diff, c.cell], changes),
    tags: slot((c) => c.tags, tags),
    artifacts: slot(
      (c) => [c.artifacts, c.artifact_count],
      (c) => artifacts(c, open.artifacts),
    ),
    environment: slot(
      (c) => [c.environment, c.notebook, c.record?.packages],
      (c) => environment(c, open.packages),
    ),
  };
  const keepsFocus = new Set<Slot>([slots.header, slots.found, slots.written]);
  const metricsPlace = h("div", { class: "tb-slot" }, metrics.element);
  const body = h(
    "div",
    { class: "tb-card-body" },
    slots.warnings.place,
    slots.secrets.place,
    slots.error.place,
    h("div", { class: "tb-columns" }, metricsPlace, slots.params.place),
    h("div", { class: "tb-slot" }, charts.element),
    slots.found.place,
    slots.models.place,
    slots.inputs.place,
    slots.rerun.place,
    slots.changes.place,
    slots.tags.place,
    slots.written.place,
    slots.artifacts.place,
    slots.system.place,
    slots.executions.place,
    slots.snapshots.place,
    slots.environment.place,
  );
  const article = h(
    "div",
    { class: "tb-card", role: "group", "aria-label": "Run card" },
    slots.header.place,
    notice.element,
    body,
  );
  root.classList.add("tb-root");
  root.append(article);
  const stopTheme = onThemeChange(root, () => charts.repaint());

  const drawSlots = () => {
    for (const each of Object.values(slots)) {
      const wanted = JSON.stringify(each.of(card));
      if (each.drawn === wanted) continue;
      each.drawn = wanted;
      const focus = keepsFocus.has(each) ? focusIn(each.place, root) : null;
      const element = each.draw(card);
      each.place.replaceChildren(...(element === null ? [] : [element]));
      if (focus !== null) refocus(each.place, focus);
    }
    body.hidden = folded;
    article.setAttribute("data-status", card.run.status);
    article.setAttribute("aria-label", `Run ${card.run.name}`);
  };
  const drawMetrics = () => {
    metrics.update(card.metrics, curves);
    metricsPlace.hidden = card.metrics.length === 0;
    if (!folded)
      charts.update(
        card.metrics.filter((metric) => metric.count > 1).map((metric) => metric.key),
        curves,
      );
  };
  const draw = () => {
    drawSlots();
    drawMetrics();
  };
  const fetchCurves = async () => {
    const keys = card.metrics.filter((metric) => metric.count > 1).map((metric) => metric.key);
    if (keys.length === 0 || host.curves === undefined) return;
    try {
      for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
        curves.replace(await host.curves(keys.slice(at, at + KEYS_AT_ONCE), BUCKETS));
        drawMetrics();
      }
    } catch {
      // The numbers stand without their curves; the next card asks again.
    }
  };
  const refresh = async () => {
    if (host.card === undefined) return;
    try {
      view.update(await host.card());
    } catch (error) {
      notice.error(
        `The card could not be brought up to date. ${error instanceof Error ? error.message : ""}`,
        () => void refresh(),
      );
    }
  };
  const setFolded = (next: boolean) => {
    if (next === folded) return;
    folded = next;
    draw();
    host.onFold?.(folded);
  };

  const view: CardView = {
    update(next) {
      if (JSON.stringify(next) === JSON.stringify(card)) return;
      card = next;
      draw();
      void fetchCurves();
    },
    apply(delta) {
      // Deltas count from 1: a view that comes later has missed what stood in the earlier ones.
      const gap = delta.seq !== (seq ?? 0) + 1;
      seq = delta.seq;
      curves.append(delta.curves);
      card = {
        ...card,
        run: { ...card.run, status: delta.status, end_ms: delta.end_ms },
        metrics: merged(card.metrics, delta.metrics),
      };
      draw();
      if (gap) void refresh();
    },
    fold: setFolded,
    connection(connection) {
      offline = connection.state === "offline";
      notice.connection(connection);
      drawSlots();
    },
    dispose() {
      stopTheme();
      clock.dispose();
      charts.dispose();
      article.remove();
    },
  };
  draw();
  void fetchCurves();
  return view;
}

function origin(one: { key: string; origin: string }): string[] {
  return [one.key, one.origin];
}

/** New values in the place of old ones of the same key, new keys at the end. */
function merged(old: readonly CardMetric[], news: readonly CardMetric[]): CardMetric[] {
  const byKey = new Map(news.map((metric) => [metric.key, metric]));
  const known = new Set(old.map((metric) => metric.key));
  return [...old.map((metric) => byKey.get(metric.key) ?? metric), ...news.filter((metric) => !known.has(metric.key))];
}

/** The label of what has the focus in a part that is about to be drawn anew, null where nothing in it has. */
function focusIn(place: HTMLElement, root: HTMLElement): string | null {
  const active = deepFocus(root);
  if (active === null || !place.contains(active)) return null;
  return active.getAttribute("aria-label") ?? active.getAttribute("data-after") ?? "";
}

function refocus(place: HTMLElement, label: string): void {
  const all = [...place.querySelectorAll<HTMLElement>("button, summary, select")];
  const after = [...place.querySelectorAll<HTMLElement>("[data-after]")]; // what took a button's place
  const found =
    all.find((element) => element.getAttribute("aria-label") === label) ??
    after.find((element) => element.getAttribute("data-after") === label);
  (found ?? all[0])?.focus();
}

function deepFocus(root: HTMLElement): Element | null {
  return (root.getRootNode() as Document | ShadowRoot).activeElement ?? null;
}
