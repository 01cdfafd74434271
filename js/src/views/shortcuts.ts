/**
 * Keeps JupyterLab's one-letter shortcuts (`a`, `dd`, Enter ...) from acting on the notebook while something in the widget
 * has the focus.  Shortcuts with Ctrl or Cmd (save, palette) stay JupyterLab's.  Elsewhere the attribute means nothing.
 *
 * The attribute must stand on the focused element itself: JupyterLab's selectors (`... :focus`) match there first.
 */
const ATTRIBUTE = "data-lm-suppress-shortcuts";

export function keepKeys(el: HTMLElement): () => void {
  const stop = new AbortController();
  const isModifier = (event: KeyboardEvent) => event.key === "Control" || event.key === "Meta";
  const mark = (event: Event, suppress: boolean) => {
    const target = event.composedPath()[0];
    if (target instanceof Element && suppress) target.setAttribute(ATTRIBUTE, "true");
    else if (target instanceof Element) target.removeAttribute(ATTRIBUTE);
  };
  const options = { signal: stop.signal, capture: true };
  el.addEventListener("focusin", (event) => mark(event, true), options);
  el.addEventListener("focusout", (event) => mark(event, false), options);
  el.addEventListener("keydown", (event) => isModifier(event) && mark(event, false), options);
  el.addEventListener("keyup", (event) => isModifier(event) && mark(event, true), options);
  return () => stop.abort();
}
