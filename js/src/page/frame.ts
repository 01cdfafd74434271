/** What stands around every view: where we are, where one can go, who is signed in, whether the server answers. */
import type { PageAbout } from "../bridge/page";
import type { RunHead } from "../bridge/payloads";
import { pathOf } from "../lib/pages";
import { h, icon, user } from "../views/dom";
import { themeSwitch } from "./theme";

export interface Crumb {
  text: string;
  /** null: where we are */
  path: string | null;
}

export const EXPERIMENTS: Crumb = { text: "Experiments", path: "/" };
export const MODELS: Crumb = { text: "Models", path: "/models" };

/** The table in which a run stands. */
export function experimentCrumb({ experiment, experiment_id }: RunHead): Crumb {
  return { text: experiment, path: pathOf({ view: "table", experiment_id, setting: {} }) };
}

export class Frame {
  readonly main = h("main", { id: "main", tabindex: -1 });
  private readonly crumbs = h("nav", { class: "tb-page-crumbs", "aria-label": "Where you are" });
  private readonly links = [
    h("a", { href: "/", "data-view": "experiments" }, "Experiments"),
    h("a", { href: "/models", "data-view": "registry" }, "Models"),
  ];
  private readonly away = h(
    "div",
    { class: "tb-page-away", role: "status", hidden: true },
    icon("offline"),
    "The server does not answer: showing what came last.",
  );

  constructor(about: PageAbout) {
    const skip = h("a", { class: "tb-page-skip", href: "#main" }, "To the content");
    const head = h(
      "header",
      { class: "tb-page-head" },
      h("a", { class: "tb-page-brand", href: "/", title: `trackbook ${about.version}` }, "trackbook"),
      h("nav", { class: "tb-page-nav", "aria-label": "Views" }, ...this.links),
      h("div", { class: "tb-page-side" }, themeSwitch(), ...account(about)),
    );
    document.body.classList.add("tb-root", "tb-page");
    document.body.replaceChildren(skip, head, this.away, this.crumbs, this.main);
  }

  /** Where we are now. */
  show(view: "experiments" | "registry", crumbs: readonly Crumb[], title: string): void {
    for (const link of this.links) {
      const isHere = link.getAttribute("data-view") === view;
      if (isHere) link.setAttribute("aria-current", crumbs.length > 0 ? "true" : "page");
      else link.removeAttribute("aria-current");
    }
    this.crumbs.replaceChildren(h("ol", { class: "tb-plain" }, ...crumbs.map(crumbItem)));
    this.crumbs.hidden = crumbs.length === 0;
    document.title = title === "" ? "trackbook" : `${title} · trackbook`;
  }

  reached(isReached: boolean): void {
    this.away.hidden = isReached;
  }
}

function crumbItem({ text, path }: Crumb): HTMLElement {
  if (path === null) return h("li", { "aria-current": "page" }, user(text));
  return h("li", {}, h("a", { href: path }, user(text)));
}

function account({ user: name }: PageAbout): HTMLElement[] {
  if (name === null) return [];
  const out = h("button", { type: "submit", class: "tb-button" }, "Sign out");
  return [
    h("span", { class: "tb-page-user", title: "Signed in" }, user(name)),
    h("form", { method: "post", action: "/sign-out" }, out),
  ];
}
