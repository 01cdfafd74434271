/** Keeps the focus where a part of a view is drawn anew. */

/** The label of what has the focus in a part that is about to be drawn anew, null where nothing in it has. */
export function focusIn(place: HTMLElement, root: HTMLElement): string | null {
  const active = deepFocus(root);
  if (active === null || !place.contains(active)) return null;
  return active.getAttribute("aria-label") ?? active.getAttribute("data-after") ?? "";
}

export function refocus(place: HTMLElement, label: string): void {
  const all = [...place.querySelectorAll<HTMLElement>("button, summary, select")];
  const after = [...place.querySelectorAll<HTMLElement>("[data-after]")]; // what took a button's place
  const found =
    all.find((element) => element.getAttribute("aria-label") === label) ??
    after.find((element) => element.getAttribute("data-after") === label);
  (found ?? all[0])?.focus();
}

/** Draws entries of runs anew; that of the run which has the focus keeps it, or another, or what stands `beside`. */
export function redrawEntries(place: HTMLElement, entries: readonly HTMLElement[], beside?: HTMLElement): void {
  const run = hasFocus(place) ? (deepFocus(place)?.getAttribute("data-run") ?? null) : null;
  place.replaceChildren(...entries);
  if (run === null) return;
  const own = entries.find((one) => one.getAttribute("data-run") === run) ?? entries[0];
  if (own !== undefined) own.focus();
  else if (beside !== undefined) focusWithin(beside);
}

/** Whether the focus is in an element. */
export function hasFocus(element: HTMLElement): boolean {
  const active = deepFocus(element);
  return active !== null && element.contains(active);
}

/** To the first part that keys reach in the order of the page. */
export function focusWithin(element: HTMLElement): void {
  element.querySelector<HTMLElement>("[tabindex='0']")?.focus();
}

function deepFocus(root: HTMLElement): Element | null {
  return (root.getRootNode() as Document | ShadowRoot).activeElement ?? null;
}
