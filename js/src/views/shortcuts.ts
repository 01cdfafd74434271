/**
 * Keeps the notebook's keys (`a`, `dd`, arrows, Ctrl+Enter, Ctrl+Backspace ...) from acting on cells while something in a
 * view has the focus, and lets Escape lead back to the cell.  What else goes with Ctrl or Cmd (save, palette) stays
 * JupyterLab's.  Elsewhere the attribute means nothing, and there are no cells.
 *
 * The attribute must stand on the focused element itself: JupyterLab's selectors (`... :focus`) match there first.  It is
 * set at the window, which hears of a key before JupyterLab does.
 */
const ATTRIBUTE = "data-lm-suppress-shortcuts";
const CELL = ".jp-Cell";

export function keepKeys(el: HTMLElement): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const window = el.ownerDocument.defaultView;
  const mark = (event: KeyboardEvent) => {
    const [target] = event.composedPath();
    if (!(target instanceof Element) || !event.composedPath().includes(el)) return;
    if (staysHere(event)) target.setAttribute(ATTRIBUTE, "true");
    else target.removeAttribute(ATTRIBUTE);
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    el.closest<HTMLElement>(CELL)?.focus();
  };
  window?.addEventListener("keydown", mark, { signal, capture: true });
  el.addEventListener("keydown", leave, { signal }); // last: what Escape closes or clears in a view does not come here
  return () => stop.abort();
}

/** Of the keys with Ctrl or Cmd those that JupyterLab gives to cells: named ones, A (select) and Shift+M (merge). */
function staysHere({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  if (!ctrlKey && !metaKey) return true;
  const letter = key.toLowerCase();
  return key.length > 1 || letter === "a" || (letter === "m" && shiftKey);
}
