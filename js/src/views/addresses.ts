/**
 * Addresses of runs, where the page has them: on the server's own page each run has one, in a notebook none.  There
 * names of runs are links; elsewhere they are text.
 */
import { h } from "./dom";

export interface Addresses {
  /** a path of this page */
  run(run_id: string): string;
  /** goes there */
  open(path: string): void;
}

let offered: Addresses | null = null;

export function offerAddresses(addresses: Addresses): void {
  offered = addresses;
}

/** Goes to the run; null where runs have no addresses. */
export function runOpener(run_id: string): (() => void) | null {
  const addresses = offered;
  return addresses && (() => addresses.open(addresses.run(run_id)));
}

/** A run's name as a link to it, or as it is. */
export function runLink(run_id: string, name: HTMLElement, props: Record<string, string | number> = {}): HTMLElement {
  if (offered === null) return name;
  return h("a", { class: "tb-run-link", draggable: "false", ...props, href: offered.run(run_id) }, name);
}

/** The same link to another run; what it holds is the caller's to change. */
export function runLinkAnew(link: HTMLElement, run_id: string): HTMLElement {
  if (offered === null || link.localName !== "a") return link;
  link.setAttribute("href", offered.run(run_id));
  return link.firstElementChild as HTMLElement;
}
