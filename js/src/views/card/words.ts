/** What people say of a run: its note and its tags, edited in place. */
import type { Card } from "../../bridge/card";
import { button, h, icon, user } from "../dom";
import { editable, editor } from "../edit";
import { messageOf } from "../view";
import type { CardHost } from "./host";
import { section } from "./section";

/** Values in a payload are cut there; what is cut is not offered for editing, which would keep the piece only. */
const CUT = 1000;

export function words(card: Card, host: CardHost, redraw: () => void): HTMLElement | null {
  const { edit } = host;
  const note = card.about?.note ?? "";
  // The list of tags that is kept with the notebook begins with the note.
  const tags = card.tags.filter(
    ({ key, value }) => !(key === "note" && note !== "" && note.startsWith(value.slice(0, -1))),
  );
  if (note === "" && tags.length === 0 && edit === undefined) return null;
  const save =
    edit && ((value: string, before: string) => edit({ what: "note", value: value || null, before: before || null }));
  const text = note === "" ? h("span", { class: "tb-hint" }, "Add a note") : h("bdi", { class: "tb-wrap" }, note);
  const shownNote =
    note === "" && save === undefined
      ? null
      : h(
          "div",
          { class: "tb-note" },
          editable(text, { label: "Note", value: note, lines: true, save, closed: redraw }),
        );
  const pills = h(
    "div",
    { class: "tb-pills" },
    ...tags.map((tag) => pill(tag, host, redraw)),
    edit && adder(host, redraw),
  );
  const rows = h(
    "div",
    { class: "tb-words", "data-empty": String(note === "" && tags.length === 0) },
    shownNote,
    pills,
  );
  return section("words", "Note and tags", rows);
}

function pill({ key, value }: { key: string; value: string }, host: CardHost, redraw: () => void): HTMLElement {
  const { edit } = host;
  const shown = h("span", { class: "tb-tag" }, user(key, "tb-key"), " ", user(value));
  if (edit === undefined || value.length >= CUT) return shown;
  const save = (next: string, before: string) => edit({ what: "tag", key, value: next || null, before });
  const place = editable(shown, { label: `Tag ${key}`, value, save, closed: redraw });
  const remove = h(
    "button",
    {
      type: "button",
      class: "tb-tag-remove",
      "aria-label": `Remove tag ${key}`,
      onclick: async () => {
        try {
          await edit({ what: "tag", key, value: null, before: value });
        } catch (error) {
          remove.title = messageOf(error);
        }
      },
    },
    icon("cross"),
  );
  return h("span", { class: "tb-tag-place" }, place, remove);
}

function adder(host: CardHost, redraw: () => void): HTMLElement {
  const place = h("span", { class: "tb-tag-add" });
  const opener = button("Add tag", () => open(), { class: "tb-button tb-quiet" });
  const closed = () => {
    place.replaceChildren(opener);
    opener.focus();
    redraw();
  };
  const open = () => {
    const save = (text: string) => {
      const at = text.search(/[=:]/);
      const [key, value] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
      if (at < 0 || value.trim() === "") throw new Error("Write KEY = VALUE, as in team = vision.");
      return (host.edit as NonNullable<CardHost["edit"]>)({
        what: "tag",
        key: key.trim(),
        value: value.trim(),
        before: null,
      });
    };
    const options = { label: "New tag", value: "", placeholder: "key = value", closed };
    place.replaceChildren(editor({ ...options, save: async (text) => save(text) }));
  };
  place.append(opener);
  return place;
}
