/** In the place of a view that could not be drawn: why, and the ways on. */
import { RequestFailed } from "../bridge/requests";
import { button, h, icon } from "../views/dom";
import { messageOf } from "../views/view";

/** No view has this address. */
export class Nowhere extends Error {}

/** `again` is offered where asking once more may help; `view` is where it leads otherwise. */
export function problem(
  error: unknown,
  again: () => void,
  view: "experiments" | "registry" = "experiments",
): HTMLElement {
  const isGone = error instanceof Nowhere || (error instanceof RequestFailed && error.type === "NotFound");
  return h(
    "div",
    { class: "tb-page-problem", role: "alert" },
    icon("warning"),
    h(
      "div",
      {},
      h("p", { class: "tb-wrap" }, saidOf(error)),
      h(
        "div",
        { class: "tb-page-ways" },
        isGone ? null : button("Try again", again),
        view === "registry" ? h("a", { href: "/models" }, "All models") : h("a", { href: "/" }, "All experiments"),
      ),
    ),
  );
}

/** What is of use in Python (`no run 'x': look for it with …`) is left out. */
function saidOf(error: unknown): string {
  const text = messageOf(error);
  const said = text.charAt(0).toUpperCase() + text.slice(1);
  if (!(error instanceof RequestFailed) || error.type !== "NotFound") return said;
  const end = error.remedy === "" ? "" : `: ${error.remedy}`;
  const missing = said.endsWith(end) ? said.slice(0, said.length - end.length) : said;
  return `${missing}. It was deleted, you may not see it, or the address is wrong.`;
}
