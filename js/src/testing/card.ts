/** A card of a fake model, for tests. */
import type { Card, CardModelState } from "../bridge/card";
import { type Answer, FakeModel } from "../bridge/fake";
import card from "../widgets/card";
import { root } from "./dom";

export function shownCard(payload: Card, answer: Answer = () => []) {
  const model = new FakeModel<CardModelState>({ card: payload, folded: false }, answer);
  const el = root();
  return { model, el, close: card.render({ model, el }) };
}
