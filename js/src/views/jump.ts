/** From one run's card to another's on the same page. */

const MARK = "data-card-of";
const GLOW_MS = 1600;

/** Says whose card this is, so that it is found. */
export function markCard(card: HTMLElement, run_id: string): void {
  card.setAttribute(MARK, run_id);
}

/** Brings the run's card into sight, and the focus to it; false where it is not on this page. */
export function jumpToCard(run_id: string, from: Element): boolean {
  const page = from.getRootNode() as Document | ShadowRoot;
  const cards = [...page.querySelectorAll<HTMLElement>(`[${MARK}]`)];
  const card = cards.find((one) => one.getAttribute(MARK) === run_id);
  if (card === undefined) return false;
  card.tabIndex = -1;
  card.scrollIntoView({ block: "nearest" });
  card.focus({ preventScroll: true });
  card.setAttribute("data-arrived", "");
  setTimeout(() => card.removeAttribute("data-arrived"), GLOW_MS);
  return true;
}
