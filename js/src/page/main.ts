/** The web page: who is here, what the address says, and the view that shows it. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/card.css";
import "../../style/curves.css";
import "../../style/chart.css";
import "../../style/compare.css";
import "../../style/registry.css";
import "../../style/table.css";
import "../../style/page.css";
import type { PageAbout } from "../bridge/page";
import { type Place, pathOf } from "../lib/pages";
import { offerAddresses } from "../views/addresses";
import { h } from "../views/dom";
import { comparePage } from "./compare";
import { experimentsPage } from "./experiments";
import { EXPERIMENTS, Frame, MODELS } from "./frame";
import { Nowhere, problem } from "./problem";
import { registryPage } from "./registry";
import { Roles } from "./roles";
import { type Kept, Router } from "./router";
import { runPage } from "./run";
import { read, serverSource } from "./server";
import type { Shown } from "./shown";
import { tablePage } from "./table";
import { followTheme } from "./theme";

/** Before a view is said to be loading: most come sooner. */
const PATIENCE_MS = 300;

class Page {
  private readonly frame: Frame;
  private readonly source = serverSource((reached) => this.frame.reached(reached));
  private readonly router = new Router((place, kept) => void this.draw(place, kept));
  private shown: Shown | null = null;
  private turn = 0;

  private readonly roles: Roles;

  constructor(about: PageAbout) {
    this.roles = new Roles(about);
    this.frame = new Frame(about);
    offerAddresses({
      run: (run_id) => pathOf({ view: "run", run_id }),
      open: (path) => this.router.go(path),
    });
    this.router.here();
  }

  private async draw(place: Place, kept: Kept): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    const { main } = this.frame;
    const isFirst = this.shown === null;
    const loading = h("div", { class: "tb-page-loading", role: "status" });
    const waiting = setTimeout(() => {
      loading.textContent = "Loading…";
      main.prepend(loading);
    }, PATIENCE_MS);
    const content = h("div", { class: "tb-page-content" });
    try {
      const shown = await this.view(place, content, kept);
      if (mine !== this.turn) {
        shown.dispose();
        return;
      }
      this.shown?.dispose();
      this.shown = shown;
      main.replaceChildren(content);
      this.frame.show(shown.view, shown.crumbs, shown.title);
      window.scrollTo(0, kept.scroll ?? 0);
      if (!isFirst) main.focus({ preventScroll: true });
    } catch (error) {
      if (mine !== this.turn) return;
      this.shown?.dispose();
      this.shown = null;
      const view = place.view === "registry" ? "registry" : "experiments";
      main.replaceChildren(problem(error, () => this.router.here(), view));
      this.frame.show(view, [view === "registry" ? MODELS : EXPERIMENTS], "");
    } finally {
      clearTimeout(waiting);
      loading.remove();
    }
  }

  private view(place: Place, content: HTMLElement, kept: Kept): Promise<Shown> {
    const { source, router, roles } = this;
    switch (place.view) {
      case "experiments":
        return experimentsPage(content, source);
      case "table":
        return tablePage(content, source, place, router, roles, kept);
      case "run":
        return runPage(content, source, place.run_id, router, roles);
      case "compare":
        return comparePage(content, source, place.run_ids, router);
      case "registry":
        return registryPage(content, source, place.name, router, roles, this.frame);
      case "nowhere":
        throw new Nowhere("There is nothing at this address.");
    }
  }
}

followTheme();
read<PageAbout>("about").then(
  (about) => new Page(about),
  (error) => {
    document.body.classList.add("tb-root", "tb-page");
    document.body.replaceChildren(problem(error, () => location.reload()));
  },
);
