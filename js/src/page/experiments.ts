/** The experiments there are: as a page of their own, and as a list beside a table. */
import type { PageExperiment } from "../bridge/page";
import { pathOf } from "../lib/pages";
import { grouped, plural } from "../lib/text";
import type { Source } from "../stored/source";
import { Clock } from "../views/clock";
import { h, user } from "../views/dom";
import { read } from "./server";
import type { Shown } from "./shown";

const placeOf = (experiment_id: string | null) => pathOf({ view: "table", experiment_id, setting: {} });

export async function experimentsPage(place: HTMLElement, source: Source): Promise<Shown> {
  const clock = new Clock(Date.now);
  let found = await read<PageExperiment[]>("experiments");
  let shown = "";
  const count = h("span", { class: "tb-muted" });
  const box = finder(() => draw());
  const list = h("div", { class: "tb-page-list" });
  const hint = howToLog();
  const draw = () => {
    const state = JSON.stringify([found, box.value]);
    if (state === shown) return;
    shown = state;
    const matching = found.filter((one) => matches(one, box.value));
    count.textContent = plural(found.length, "experiment");
    hint.hidden = found.some((one) => one.runs > 0);
    list.replaceChildren(matching.length > 0 ? table(matching, clock) : nothing(found.length, box.value));
  };
  place.append(
    h(
      "div",
      { class: "tb-page-bar" },
      h("h1", {}, "Experiments"),
      count,
      box,
      h("a", { class: "tb-page-all", href: placeOf(null) }, "All runs"),
    ),
    list,
    hint,
  );
  draw();
  const stop = source.follow(place, async () => {
    found = await read<PageExperiment[]>("experiments");
    draw();
  });
  return {
    view: "experiments",
    crumbs: [],
    title: "",
    dispose() {
      stop();
      clock.dispose();
    },
  };
}

/** Where nothing was logged yet. */
function howToLog(): HTMLElement {
  const { origin } = location;
  return h(
    "div",
    { class: "tb-page-hint" },
    "No runs yet. They come here from a notebook or a script that names this server:",
    h(
      "pre",
      { tabindex: 0, "aria-label": "How to log here" },
      `import trackbook as tb\ntb.set_tracking_uri("${origin}")`,
    ),
    h("pre", { tabindex: 0, "aria-label": "How MLflow logs here" }, `MLFLOW_TRACKING_URI=${origin} python train.py`),
  );
}

function finder(changed: () => void): HTMLInputElement {
  return h("input", {
    class: "tb-input tb-page-finder",
    type: "search",
    placeholder: "Find an experiment",
    "aria-label": "Find an experiment by a part of its name",
    spellcheck: "false",
    oninput: changed,
  });
}

const matches = ({ name, note }: PageExperiment, text: string) =>
  `${name} ${note}`.toLowerCase().includes(text.trim().toLowerCase());

function table(found: readonly PageExperiment[], clock: Clock): HTMLElement {
  const heads = ["Experiment", "Runs", "Newest run"];
  return h(
    "table",
    { class: "tb-page-table" },
    h("caption", { class: "tb-sr" }, "Experiments"),
    h("thead", {}, h("tr", {}, ...heads.map((head, i) => h("th", { scope: "col", class: i ? "tb-right" : "" }, head)))),
    h("tbody", {}, ...found.map((one) => row(one, clock))),
  );
}

function row(one: PageExperiment, clock: Clock): HTMLElement {
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      h("a", { href: placeOf(one.experiment_id) }, user(one.name)),
      one.note !== "" && h("div", { class: "tb-muted" }, user(one.note)),
    ),
    h("td", { class: "tb-right tb-num" }, grouped(one.runs)),
    h("td", { class: "tb-right tb-muted" }, one.newest_ms === null ? "–" : clock.since(one.newest_ms)),
  );
}

function nothing(all: number, text: string): HTMLElement {
  if (all > 0) return h("div", { class: "tb-empty" }, `No experiment has “${text}” in its name.`);
  return h(
    "div",
    { class: "tb-empty" },
    "No experiment that you may see. Runs that are logged to this server stand here; ask an admin for a role on others.",
  );
}

/** Beside a table: the others to change to. */
export async function experimentsList(place: HTMLElement, here: string | null): Promise<void> {
  const found = await read<PageExperiment[]>("experiments").catch(() => []);
  const list = h("ul", { class: "tb-plain" });
  const draw = () => {
    const matching = found.filter((one) => matches(one, box.value));
    list.replaceChildren(
      item(null, "All runs", null, here),
      ...matching.map((one) => item(one.experiment_id, one.name, one.runs, here)),
    );
  };
  const box = finder(draw);
  box.hidden = found.length < 8;
  place.replaceChildren(h("h2", {}, "Experiments"), box, list);
  draw();
}

function item(experiment_id: string | null, name: string, runs: number | null, here: string | null): HTMLElement {
  const current = experiment_id === here ? { "aria-current": "page" } : {};
  const count = runs === null ? null : h("span", { class: "tb-muted tb-num" }, grouped(runs));
  return h("li", {}, h("a", { href: placeOf(experiment_id), ...current }, user(name), count));
}
