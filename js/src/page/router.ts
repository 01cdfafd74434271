/** Which place is shown: the address says it, links and views change it, and the browser's own buttons lead back. */
import { type Place, pathOf, placeOf } from "../lib/pages";

/** What is kept with an entry of the browser's history beside its address. */
export interface Kept {
  selected?: string[];
  scroll?: number;
}

export class Router {
  constructor(private readonly draw: (place: Place, kept: Kept) => void) {
    history.scrollRestoration = "manual";
    window.addEventListener("popstate", () => this.here());
    document.addEventListener("click", (event) => this.onClick(event));
  }

  /** Draws what the address says. */
  here(): void {
    const { pathname, search, hash } = location;
    const place = placeOf(pathname + search + hash);
    if (pathname === "/" && hash.startsWith("#/")) history.replaceState(null, "", pathOf(place));
    this.draw(place, (history.state ?? {}) as Kept);
  }

  go(path: string): void {
    this.keep({ scroll: window.scrollY });
    history.pushState(null, "", path);
    window.scrollTo(0, 0);
    this.here();
  }

  /** The same view shows something else, and has drawn it. */
  note(place: Place, how: "push" | "replace"): void {
    const path = pathOf(place);
    if (path === location.pathname + location.search) return;
    if (how === "push") history.pushState(null, "", path);
    else history.replaceState(history.state, "", path);
  }

  keep(more: Kept): void {
    history.replaceState({ ...(history.state as Kept | null), ...more }, "");
  }

  /** Links of this page are followed without loading it anew. */
  private onClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const path = link?.getAttribute("href");
    if (!path?.startsWith("/") || path.startsWith("//") || link?.hasAttribute("download")) return;
    event.preventDefault();
    this.go(path);
  }
}
