/** One registered model: what it is, its versions, what was done to it. */
import type { Action, ModelDetail } from "../../bridge/registry";
import { plural } from "../../lib/text";
import type { Clock } from "../clock";
import { button, h, user } from "../dom";
import { auditTrail } from "./audit";
import { aliasPill, tagPill } from "./pills";
import { type Deciding, waitingRequests } from "./requests";
import { type Opening, versionsTable } from "./versions";

export interface ModelHost {
  opening: Opening;
  /** null where nothing can be changed */
  change: ((action: Action, more?: Record<string, string>) => void) | null;
  deciding: Deciding;
  register(): void;
  more(): void;
  older(): void;
  /** null where the view shows this model alone */
  back: (() => void) | null;
}

export function modelPage(model: ModelDetail, clock: Clock, host: ModelHost): HTMLElement {
  const { rows, total } = model.versions;
  const versions =
    rows.length === 0
      ? h("div", { class: "tb-empty" }, "No versions yet. Register a model that a run has logged.")
      : h(
          "div",
          { class: "tb-registry-scroll", role: "group", tabindex: 0, "aria-label": `Versions of ${model.name}` },
          versionsTable(model, clock, host.opening),
        );
  return h(
    "div",
    { class: "tb-model-page" },
    head(model, host),
    versions,
    rows.length < total &&
      h(
        "div",
        { class: "tb-more" },
        button(`Show more of ${plural(total, "version")}`, host.more, { "data-key": "more" }),
        h("span", { class: "tb-hint" }, `${rows.length} shown`),
      ),
    waitingRequests(model.requests ?? [], clock, host.deciding),
    auditTrail(model.audit, clock, host.older),
  );
}

function head(model: ModelDetail, host: ModelHost): HTMLElement {
  const { change } = host;
  const approvers = (model.approvers ?? []).join(", ");
  const act = (label: string, action: Action, props: Record<string, string> = {}) =>
    change &&
    button(label, () => change(action, { text: model.description, approvers }), {
      "data-key": `model-${action}`,
      ...props,
    });
  return h(
    "div",
    { class: "tb-model-head" },
    h(
      "div",
      { class: "tb-model-name" },
      host.back && button("‹ All models", host.back, { class: "tb-button tb-quiet", "data-key": "back" }),
      h("h2", { class: "tb-model-title", tabindex: -1, "data-key": "title" }, user(model.name)),
      h("span", { class: "tb-muted tb-nowrap" }, plural(model.versions.total, "version")),
      h("div", { class: "tb-pills" }, ...model.aliases.map((one) => aliasPill(one.alias, one.version))),
    ),
    approvers !== "" &&
      h("div", { class: "tb-hint" }, "Protected: promotions and deletions are approved by ", user(approvers)),
    model.description !== "" && h("p", { class: "tb-version-text tb-wrap", dir: "auto" }, model.description),
    model.tags.length > 0 &&
      h(
        "div",
        { class: "tb-pills" },
        ...model.tags.map((tag) => tagPill(tag, change ? () => change("tag", { key: tag.key }) : undefined)),
      ),
    change &&
      h(
        "div",
        { class: "tb-actions", role: "group", "aria-label": "Change the model" },
        button("Register version…", host.register, { "data-key": "model-register" }),
        act("Describe…", "describe"),
        act("Tag…", "tag"),
        act("Rename…", "rename"),
        act("Protect…", "protect"),
        act("Delete…", "delete", { class: "tb-button tb-button-danger" }),
      ),
  );
}
