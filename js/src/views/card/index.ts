/**
 * The run card: what one execution of a cell was, while it goes on and after.
 *
 * A card is drawn from `Card`; while the run goes on, deltas change metrics and curves in place.  Each section is drawn
 * anew only when its own part of the card has changed, so that nothing jumps, folds back or loses its focus.
 */

import type { Card, CardDelta, CardProgress } from "../../bridge/card";
import type { Registered } from "../../bridge/methods";
import type { WrittenFile } from "../../bridge/record";
import { Curves } from "../../lib/curves";
import { fresher, merged } from "../../lib/fresher";
import { recall, remember } from "../../lib/memory";
import { Clock } from "../clock";
import { h } from "../dom";
import { markCard } from "../jump";
import { Notice } from "../notice";
import { Menu } from "../table/popup";
import { onThemeChange } from "../theme";
import type { Connection, View } from "../view";
import { actsOf } from "./acting";
import { actionButtons } from "./actions";
import { changes } from "./changes";
import { ChartsSection } from "./charts";
import { type ArtifactsState, artifacts, environment, executions, snapshots, warnings } from "./context";
import { failure } from "./failure";
import { figures, type Pictures } from "./figures";
import { type FoundState, found } from "./found";
import { type HeaderParts, header } from "./header";
import type { CardHost } from "./host";
import { inputs } from "./inputs";
import { metricsSection } from "./metrics";
import { models } from "./models";
import { params } from "./params";
import { ProgressLine } from "./progress";
import { children, parent } from "./related";
import { rerun } from "./rerun";
import { secrets } from "./secrets";
import { Slot } from "./slot";
import { SystemSection } from "./system";
import { words } from "./words";
import { type WrittenState, written } from "./written";

const BUCKETS = 400;
const KEYS_AT_ONCE = 40;

export interface CardView extends View<Card> {
  /** a piece of a live run; a gap in `seq` makes the view ask for the whole card */
  apply(delta: CardDelta): void;
  fold(folded: boolean): void;
  connection(connection: Connection): void;
}

export function cardView(root: HTMLElement, first: Card, host: CardHost, now: () => number = Date.now): CardView {
  let card = first;
  let seq: number | null = null;
  let offline = false;
  // By cell line, so that it holds for the next runs of the cell and after a reload.
  const memory = first.cell?.line ?? first.run.experiment;
  const fold = recall(`fold:${memory}`);
  let folded = fold === null ? (host.folded ?? false) : fold === "true";
  let told: CardProgress | null = first.about?.progress ?? null;
  let briefly = "";
  const clock = new Clock(now);
  const curves = new Curves();
  const notice = new Notice();
  const metrics = metricsSection();
  const charts = new ChartsSection({ memory });
  const machine = new SystemSection(host, now);
  const progress = new ProgressLine(now);
  const menu = new Menu();
  const drawer = h("div", { class: "tb-drawer" });
  const pictures: Pictures = new Map();
  const closed = () => ({ all: false });
  const open = {
    params: closed(),
    inputs: closed(),
    rerun: closed(),
    secrets: closed(),
    packages: closed(),
  };
  const looking: ArtifactsState = { all: false, path: null };
  const keeping: WrittenState = { all: false, busy: [], problems: {} };
  const lookUp: FoundState = { open: false, words: undefined };

  /** Who answers: nobody where the kernel is gone. */
  const answering = (): CardHost => (offline ? {} : host);
  const rename: NonNullable<HeaderParts["rename"]> = (value, before) =>
    (host.edit as NonNullable<CardHost["edit"]>)({ what: "name", value, before });
  const acts = actsOf({
    host,
    notice,
    drawer,
    card: () => card,
    unfold: () => setFolded(false),
    leave: () => article.querySelector<HTMLElement>(".tb-more")?.focus(),
  });

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
  const slots = {
    header: new Slot(
      (c) => [
        c.run,
        c.cell,
        c.about,
        c.record?.snapshots.length,
        folded,
        offline,
        folded && [c.metrics.slice(0, 3), briefly],
      ],
      (c) =>
        header(
          c,
          { folded, live: !offline, progress: briefly },
          {
            clock,
            onToggle: () => setFolded(!folded),
            actions: actionButtons(c, answering(), menu, acts),
            rename: offline || host.edit === undefined ? undefined : rename,
            closed: () => drawSlots(),
          },
        ),
      { keepsFocus: true },
    ),
    parent: new Slot((c) => c.about?.parent, parent),
    children: new Slot((c) => [c.about?.children, c.about?.child_count], children),
    words: new Slot(
      (c) => [c.tags, c.about?.note, offline],
      (c) => words(c, answering(), () => drawSlots()),
      { keepsFocus: true },
    ),
    figures: new Slot(
      (c) => [c.artifacts, c.run.end_ms === null, offline],
      (c) => figures(c, answering(), pictures),
    ),
    warnings: new Slot((c) => c.warnings, warnings),
    error: new Slot((c) => c.error, failure),
    params: new Slot(
      (c) => c.params,
      (c) => params(c, open.params),
    ),
    found: new Slot(
      (c) => [c.params.map(origin), c.metrics.map(origin), c.left_out, offline, lookUp.words],
      (c) => found(c, answering(), lookUp, () => drawSlots()),
      { keepsFocus: true },
    ),
    models: new Slot(
      (c) => [c.models, offline],
      (c) => models(c, answering(), onRegistered),
    ),
    inputs: new Slot(
      (c) => [c.record?.inputs, c.record?.input_count],
      (c) => inputs(c, open.inputs),
    ),
    rerun: new Slot(
      (c) => c.record?.rerun,
      (c) => rerun(c, open.rerun),
    ),
    written: new Slot(
      (c) => [c.record?.written, c.record?.written_count, offline, keeping.busy, keeping.problems],
      (c) => written(c, answering(), keeping, () => drawSlots(), onKept),
      { keepsFocus: true },
    ),
    snapshots: new Slot(
      (c) => c.record?.snapshots,
      (c) => snapshots(c, host.notebook ? acts.snapshot : null),
    ),
    executions: new Slot((c) => c.record?.executions, executions),
    secrets: new Slot(
      (c) => c.record?.secrets,
      (c) => secrets(c, open.secrets),
    ),
    changes: new Slot((c) => [c.diff, c.cell], changes),
    artifacts: new Slot(
      (c) => [c.artifacts, c.artifact_count, offline],
      (c) => artifacts(c, answering(), looking),
    ),
    environment: new Slot(
      (c) => [c.environment, c.notebook, c.record?.packages],
      (c) => environment(c, open.packages),
    ),
  };
  const metricsPlace = h("div", { class: "tb-slot" }, metrics.element);
  const body = h(
    "div",
    { class: "tb-card-body" },
    drawer,
    slots.warnings.place,
    slots.secrets.place,
    slots.error.place,
    slots.words.place,
    slots.parent.place,
    h("div", { class: "tb-columns" }, metricsPlace, slots.params.place),
    h("div", { class: "tb-slot" }, charts.element),
    slots.children.place,
    slots.figures.place,
    slots.found.place,
    slots.models.place,
    slots.inputs.place,
    slots.rerun.place,
    slots.changes.place,
    slots.written.place,
    slots.artifacts.place,
    machine.element,
    slots.executions.place,
    slots.snapshots.place,
    slots.environment.place,
  );
  const article = h(
    "div",
    { class: "tb-card", role: "group", "aria-label": "Run card" },
    slots.header.place,
    progress.element,
    notice.element,
    body,
    menu.element,
  );
  root.classList.add("tb-root");
  root.append(article);
  const stopTheme = onThemeChange(root, () => {
    charts.repaint();
    machine.repaint();
  });

  const drawSlots = () => {
    for (const each of Object.values(slots)) each.update(card, root);
    body.hidden = folded;
    article.setAttribute("data-status", card.run.status);
    markCard(article, card.run.run_id);
    article.setAttribute("data-folded", String(folded));
    article.setAttribute("data-trashed", String(card.about?.trashed ?? false));
    article.setAttribute("aria-label", `Run ${card.run.name}`);
  };
  const drawMetrics = () => {
    metrics.update(card.metrics, curves, {
      previous: card.cell !== null && card.cell.version > 1 ? `v${card.cell.version - 1}` : null,
      baseline: card.about?.baseline?.name ?? null,
      goal: card.about?.goal ?? null,
    });
    metricsPlace.hidden = card.metrics.length === 0;
    if (!folded)
      charts.update(
        card.metrics.filter((metric) => metric.count > 1).map((metric) => metric.key),
        curves,
      );
  };
  const draw = () => {
    briefly = progress.update(card, told, !offline);
    drawSlots();
    machine.update(card);
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
    remember(`fold:${memory}`, folded ? "true" : (host.folded ?? false) ? "false" : null);
    draw();
    host.onFold?.(folded);
  };

  const view: CardView = {
    update(next) {
      if (JSON.stringify(next) === JSON.stringify(card)) return;
      // While the run goes on the store is behind what came live.
      const live = next.run.end_ms === null && next.run.run_id === card.run.run_id;
      card = live ? { ...next, metrics: fresher(next.metrics, card.metrics) } : next;
      told = next.about?.progress ?? told;
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
        system: merged(card.system ?? [], delta.system ?? []),
      };
      told = delta.progress ?? told;
      draw();
      if (gap) void refresh();
    },
    fold: setFolded,
    connection(connection) {
      offline = connection.state === "offline";
      notice.connection(connection);
      draw();
    },
    dispose() {
      stopTheme();
      clock.dispose();
      charts.dispose();
      machine.dispose();
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
