/** The run card as an anywidget. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/card.css";
import type { CardDelta, CardModelState, CardReplaced } from "../bridge/card";
import type { CardMethods } from "../bridge/methods";
import type { Model } from "../bridge/model";
import { listen, watch, write } from "../bridge/model";
import { Requests } from "../bridge/requests";
import { serverOf } from "../bridge/standby";
import { cardView } from "../views/card/index";
import { elsewhere, mounted } from "./connection";
import { showWidget } from "./manager";

/** A kernel that reads messages stops within this; a second interrupt might hit what comes after the cell. */
const STOP_MS = 1_500;

/** As the notebook's own stop button: a kernel that reads no messages hears a signal. */
function interrupted(el: HTMLElement): Promise<null> | null {
  return (
    serverOf(el)
      ?.interrupt()
      .then(() => null) ?? null
  );
}

function render(place: { model: Model<CardModelState>; el: HTMLElement }): () => void {
  const { model, el } = place;
  const requests = new Requests<CardMethods>(model, {
    otherwise: (method, params) => (method === "stop" ? interrupted(el) : elsewhere(place).otherwise(method, params)),
  });
  const view = cardView(el, model.get("card"), {
    folded: model.get("folded"),
    onFold: (folded) => write(model, { folded }),
    card: () => requests.ask("card", {}),
    curves: (keys, buckets) => requests.ask("curves", { keys, buckets }),
    register: (path, name, alias) => requests.ask("register", { path, name, alias }),
    keep: (path) => requests.ask("keep", { path }),
    words: () => requests.ask("words", {}),
    say: (key, word) => requests.ask("say", { key, word }),
    preview: (path) => requests.ask("preview", { path }),
    notebook: async (path) => (await requests.ask("notebook", { path })).text,
    openNotebook: async (name, text) => (await serverOf(el)?.openNotebook(name, text)) ?? null,
    edit: (edit) => requests.ask("edit", edit),
    baseline: (run_id) => requests.ask("baseline", { run_id }),
    trash: () => requests.ask("trash", {}),
    restore: () => requests.ask("restore", {}),
    stop: () => requests.ask("stop", {}, { otherwise_ms: STOP_MS }),
    compare: async (run_id, place) => showWidget(model, await requests.ask("compare", { with: run_id }), place),
  });
  return mounted(
    place,
    { requests, view },
    watch(model, "card", (card) => view.update(card)),
    watch(model, "folded", (folded) => view.fold(folded)),
    listen(model, "msg:custom", (message: CardDelta | CardReplaced) => {
      if (message.kind === "delta") view.apply(message);
      else if (message.kind === "card") view.update(message.card);
    }),
  );
}

export default { render };
