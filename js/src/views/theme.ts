/** Tells when the colours around a view change, whoever changed them: a probe's colour has a transition that fires then. */
import { h } from "./dom";

export function onThemeChange(root: HTMLElement, callback: () => void): () => void {
  const probe = h("i", { class: "tb-theme-probe", "aria-hidden": "true" });
  let due = 0;
  probe.addEventListener("transitionend", () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(callback);
  });
  root.append(probe);
  return () => {
    cancelAnimationFrame(due);
    probe.remove();
  };
}
