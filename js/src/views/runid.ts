/** A run's id: the beginning that tables show, the whole of it in the title and, by a click, on the clipboard. */
import { toClipboard } from "./clipboard";
import { h } from "./dom";

/** Any beginning of four characters or more is accepted where a run is asked for; eight keep thousands apart. */
const SHORT = 8;
const THANKS_MS = 1200;

export function runId(id: string, props: Record<string, string | number> = {}): HTMLElement {
  const short = id.slice(0, SHORT);
  const element = h(
    "button",
    {
      type: "button",
      class: "tb-run-id tb-mono",
      title: `run ${id}\nClick to copy`,
      "aria-label": `Copy the run's id ${short}`,
      onclick: (event: Event) => {
        event.stopPropagation();
        void copy();
      },
      ...props,
    },
    short,
  );
  const copy = async () => {
    if (!(await toClipboard(id))) {
      select(element); // then Ctrl+C copies it
      return;
    }
    element.textContent = "copied";
    setTimeout(() => {
      element.textContent = short;
    }, THANKS_MS);
  };
  return element;
}

function select(element: HTMLElement): void {
  element.ownerDocument.defaultView?.getSelection()?.selectAllChildren(element);
}
