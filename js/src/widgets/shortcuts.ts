/**
 * Keeps JupyterLab's one-letter shortcuts (`a`, `dd`, Enter ...) from acting on the notebook while something in the widget
 * has the focus.  Shortcuts with Ctrl or Cmd (save, palette) stay JupyterLab's.  Elsewhere the attribute means nothing.
 */
const ATTRIBUTE = "data-lm-suppress-shortcuts";

export function keepKeys(el: HTMLElement): () => void {
  const isModifier = (event: KeyboardEvent) => event.key === "Control" || event.key === "Meta";
  const suppress = () => el.setAttribute(ATTRIBUTE, "true");
  const down = (event: KeyboardEvent) => {
    if (isModifier(event)) el.removeAttribute(ATTRIBUTE);
  };
  const up = (event: KeyboardEvent) => {
    if (isModifier(event)) suppress();
  };
  suppress();
  el.addEventListener("keydown", down);
  el.addEventListener("keyup", up);
  el.addEventListener("focusin", suppress);
  return () => {
    el.removeEventListener("keydown", down);
    el.removeEventListener("keyup", up);
    el.removeEventListener("focusin", suppress);
  };
}
