/** Long lists begin short and say how many they hold. */
import { button, h } from "./dom";

/** Shows the first `limit` of the children; a button reveals the rest.  `open` remembers across redraws. */
export function capped(
  list: HTMLElement,
  children: readonly HTMLElement[],
  limit: number,
  noun: string,
  open: { all: boolean },
): HTMLElement {
  const short = !open.all && children.length > limit + 1;
  list.replaceChildren(...(short ? children.slice(0, limit) : children));
  if (!short) return h("div", {}, list);
  const reveal = button(`Show all ${children.length} ${noun}`, () => {
    open.all = true;
    list.replaceChildren(...children);
    reveal.remove();
  });
  reveal.classList.add("tb-quiet");
  return h("div", {}, list, reveal);
}
