/** Runs that belong together: the one that this was started in, and those that were started in it. */
import type { Card, RelatedRun } from "../../bridge/card";
import type { Status } from "../../bridge/payloads";
import { formatNumber, fullNumber } from "../../lib/number";
import { grouped } from "../../lib/text";
import { runLink } from "../addresses";
import { h, user } from "../dom";
import { jumpToCard } from "../jump";
import { runId } from "../runid";
import { statusBadge } from "../status";
import { section, titled } from "./section";

export function parent(card: Card): HTMLElement | null {
  const found = card.about?.parent ?? null;
  return found && section("parent", "Started in", line(found, null));
}

export function children(card: Card): HTMLElement | null {
  const { children: found = [], child_count: count = 0 } = card.about ?? {};
  if (found.length === 0) return null;
  const beyond = count - found.length;
  return section(
    "children",
    titled("Child runs", grouped(count)),
    h("div", { class: "tb-related", role: "list" }, ...found.map((one) => line(one, "listitem"))),
    beyond > 0 && h("div", { class: "tb-muted" }, `and ${grouped(beyond)} more`),
  );
}

/** The run's name: a click leads to its card, where that is on the page. */
function link(run: RelatedRun): HTMLElement {
  const name = user(run.name || run.run_id, "tb-strong");
  if (run.status === "") return name;
  const address = runLink(run.run_id, name);
  if (address !== name) return h("span", { class: "tb-related-name" }, address);
  const said = h("span", { class: "tb-muted", role: "status" });
  const button = h(
    "button",
    {
      type: "button",
      class: "tb-link",
      title: `Go to the card of ${run.name}`,
      onclick: () => {
        said.textContent = jumpToCard(run.run_id, button) ? "" : "Its card is not on this page.";
      },
    },
    name,
  );
  return h("span", { class: "tb-related-name" }, button, said);
}

function line(run: RelatedRun, role: "listitem" | null): HTMLElement {
  const metric =
    run.metric &&
    h(
      "span",
      { class: "tb-related-metric" },
      user(run.metric.key, "tb-key"),
      h("b", { class: "tb-num", title: fullNumber(run.metric.value) }, formatNumber(run.metric.value)),
    );
  return h(
    "div",
    { class: "tb-related-run", role },
    run.status === "" ? h("span", { class: "tb-muted" }, "gone") : statusBadge(run.status as Status),
    link(run),
    metric ?? h("span"),
    runId(run.run_id),
  );
}
