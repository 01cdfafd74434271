/** Fitted models of the run: what they are, where they lie, under which names they are registered. */

import type { Card, CardModel } from "../../bridge/card";
import type { Registered } from "../../bridge/methods";
import { className } from "../../lib/text";
import { button, h, user } from "../dom";
import { registeredPill, registerForm } from "../register";
import type { CardHost } from "./host";
import { section } from "./section";

export function models(
  card: Card,
  host: CardHost,
  onRegistered: (path: string, registered: Registered) => void,
): HTMLElement | null {
  if (card.models.length === 0) return null;
  const rows = card.models.map((model) => modelRow(card, model, host, onRegistered));
  return section("models", card.models.length === 1 ? "Model" : "Models", ...rows);
}

function modelRow(
  card: Card,
  model: CardModel,
  host: CardHost,
  onRegistered: (path: string, registered: Registered) => void,
): HTMLElement {
  const place = h("div", { class: "tb-form-place" });
  const opener = button("Register…", () => open(), { class: "tb-button tb-opener" });
  const close = () => {
    place.replaceChildren();
    opener.hidden = false;
    opener.focus();
  };
  const open = () => {
    opener.hidden = true;
    const register = (name: string, alias: string | null) =>
      (host.register as NonNullable<CardHost["register"]>)(model.path, name, alias);
    const done = (registered: Registered) => {
      close();
      onRegistered(model.path, registered);
    };
    place.replaceChildren(registerForm({ experiment: card.run.experiment, register, done, cancel: close }));
  };
  return h(
    "div",
    { class: "tb-model" },
    h(
      "div",
      { class: "tb-model-line" },
      user(className(model.class_name), "tb-mono tb-strong", model.class_name),
      h("span", { class: "tb-trail tb-muted" }, user(model.flavor), user(model.path, "tb-mono")),
      ...model.registered.map(registeredPill),
      host.register !== undefined && opener,
    ),
    place,
  );
}
