/**
 * Tells when the colours around a view change, whoever changed them.
 *
 * Two signs are taken: a probe whose colour has a transition, and the attributes by which front ends name their theme
 * on the page's body. JupyterLab sets those before the new style sheet is there, so the colours are looked at again a
 * little later.
 */
import { h } from "./dom";

const ATTRIBUTES = ["class", "data-jp-theme-name", "data-jp-theme-light", "data-vscode-theme-kind", "data-theme"];
const LATER_MS = [50, 400, 1500];

export function onThemeChange(root: HTMLElement, callback: () => void): () => void {
  const probe = h("i", { class: "tb-theme-probe", "aria-hidden": "true" });
  let due = 0;
  let later: ReturnType<typeof setTimeout>[] = [];
  const changed = () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(callback);
  };
  const named = () => {
    later.forEach(clearTimeout);
    later = LATER_MS.map((ms) => setTimeout(changed, ms));
  };
  probe.addEventListener("transitionend", changed);
  root.append(probe);
  const observer = new MutationObserver(named);
  for (const element of [root.ownerDocument.documentElement, root.ownerDocument.body]) {
    observer.observe(element, { attributes: true, attributeFilter: ATTRIBUTES });
  }
  return () => {
    observer.disconnect();
    later.forEach(clearTimeout);
    cancelAnimationFrame(due);
    probe.remove();
  };
}
