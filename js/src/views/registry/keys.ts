/** Arrow keys between the openers of rows. */
export function arrows(body: HTMLElement, selector: string): void {
  body.addEventListener("keydown", (event) => {
    if (!(event.target as Element).matches(selector)) return;
    const all = [...body.querySelectorAll<HTMLElement>(selector)];
    const at = all.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))]?.focus();
  });
}

/** Draws anew; what had the focus has it again, known by its `data-key`. */
export function keepingFocus(element: HTMLElement, draw: () => void): void {
  const root = element.getRootNode() as Document | ShadowRoot;
  const { activeElement } = root;
  const key = activeElement && element.contains(activeElement) ? activeElement.getAttribute("data-key") : null;
  draw();
  if (key !== null) focusKey(element, key);
}

export function focusKey(element: HTMLElement, key: string): boolean {
  const found = [...element.querySelectorAll<HTMLElement>("[data-key]")].find((one) => one.dataset.key === key);
  found?.focus({ preventScroll: true });
  return found !== undefined;
}
