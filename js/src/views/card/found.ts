/** How params and metrics were found, and what was left out and why: folded, to be looked up. */

import type { Card } from "../../bridge/card";
import type { Word, Words } from "../../bridge/methods";
import { originText, wordsFor } from "../../lib/origin";
import { plural } from "../../lib/text";
import { h, user } from "../dom";
import type { CardHost } from "./host";
import { aside } from "./section";

const CHOICES: readonly [Word | "", string][] = [
  ["", "as guessed"],
  ["param", "param"],
  ["metric", "metric"],
  ["ignore", "leave out"],
];

export interface FoundState {
  open: boolean;
  /** undefined before they were asked for, null where nobody knows them */
  words: Words | null | undefined;
}

interface Line {
  key: string;
  kind: "param" | "metric";
  origin: string;
}

/** `changed` is called when the words are known, or are others. */
export function found(card: Card, host: CardHost, state: FoundState, changed: () => void): HTMLElement | null {
  const lines: Line[] = [
    ...card.params.map(({ key, origin }): Line => ({ key, kind: "param", origin })),
    ...card.metrics.map(({ key, origin }): Line => ({ key, kind: "metric", origin })),
  ];
  const leftOut = card.left_out ?? []; // none in what an older version saved
  if (lines.length === 0 && leftOut.length === 0) return null;
  const status = h("div", { class: "tb-found-status", role: "status" });
  const rows = lines.map((line) => row(line, host, state, changed, status));
  const remark = leftOut.length > 0 ? `${plural(leftOut.length, "remark")} on what was left out` : "";
  const details = h(
    "details",
    { class: "tb-section tb-section-found", open: state.open },
    h("summary", { class: "tb-section-title" }, "How these were found ", aside(remark)),
    h("div", { class: "tb-found", role: "list" }, ...rows),
    leftOut.length > 0 && h("div", { class: "tb-found-title" }, "Left out"),
    leftOut.length > 0 &&
      h("ul", { class: "tb-plain tb-found-left" }, ...leftOut.map((text) => h("li", {}, h("bdi", {}, text)))),
    status,
  );
  details.addEventListener("toggle", () => {
    state.open = details.open;
    if (details.open) void ask(host, state, changed);
  });
  if (state.open) void ask(host, state, changed);
  return details;
}

async function ask(host: CardHost, state: FoundState, changed: () => void): Promise<void> {
  if (state.words !== undefined || host.words === undefined) return;
  state.words = null;
  try {
    state.words = await host.words();
    changed();
  } catch {
    state.words = undefined; // the origins stand without them; asked for again when it is opened again
  }
}

function row(line: Line, host: CardHost, state: FoundState, changed: () => void, status: HTMLElement): HTMLElement {
  const changeable = state.words && host.say !== undefined && wordsFor(line.origin).length > 0;
  return h(
    "div",
    { class: "tb-found-row", role: "listitem" },
    user(line.key, "tb-key"),
    h("span", { class: "tb-found-kind" }, line.kind),
    user(originText(line.origin), "tb-found-origin"),
    changeable && choice(line, host, state, changed, status),
  );
}

function choice(line: Line, host: CardHost, state: FoundState, changed: () => void, status: HTMLElement): HTMLElement {
  const label = `In the next runs of this cell ${line.key} is`;
  const select = h("select", { class: "tb-select", "aria-label": label, title: label });
  const said = wordOn(state.words ?? {}, line.key);
  const offered: readonly string[] = ["", ...wordsFor(line.origin)];
  const choices = CHOICES.filter(([word]) => offered.includes(word));
  select.append(...choices.map(([word, label]) => h("option", { value: word }, label)));
  select.value = said;
  select.addEventListener("change", () => {
    const word = (select.value || null) as Word | null;
    select.setAttribute("aria-busy", "true"); // until the kernel has kept the word: a run begun before does not know it
    host.say?.(line.key, word).then(
      (words) => {
        select.removeAttribute("aria-busy");
        state.words = words;
        changed();
      },
      (error: unknown) => {
        select.removeAttribute("aria-busy");
        select.value = said;
        status.textContent = `This could not be kept. ${error instanceof Error ? error.message : ""}`;
      },
    );
  });
  return select;
}

/** A word on an object holds for all below it, as `word_for` in Python has it. */
function wordOn(words: Words, key: string): Word | "" {
  for (let name = key; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf("."))))
    if (Object.hasOwn(words, name)) return words[name] as Word;
  return "";
}
