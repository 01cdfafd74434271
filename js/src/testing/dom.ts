/** A page for tests of views: import this first. */
import { Window } from "happy-dom";

const window = new Window({ url: "http://localhost/" });
const names = [
  "document",
  "Node",
  "Element",
  "Event",
  "KeyboardEvent",
  "MouseEvent",
  "MutationObserver",
  "HTMLElement",
  "getComputedStyle",
  "DOMParser",
  "XMLSerializer",
] as const;
const frame = {
  requestAnimationFrame: (callback: () => void) => setTimeout(callback, 0),
  cancelAnimationFrame: (id: ReturnType<typeof setTimeout>) => clearTimeout(id),
};
class ResizeObserver {
  observe(): void {}
  disconnect(): void {}
}
// happy-dom's canvas has no context: views must do without.
Object.assign(
  globalThis,
  { window, ResizeObserver, ...frame },
  Object.fromEntries(names.map((name) => [name, window[name]])),
);

export function root(): HTMLElement {
  document.body.replaceChildren();
  const element = document.createElement("div");
  document.body.append(element);
  return element;
}

export const settled = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const PATIENCE_MS = 5000;

/** Waits for what a timer of the view brings, however loaded the machine is. */
export async function until(come: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!come()) {
    if (Date.now() > end) throw new Error(`not within ${PATIENCE_MS} ms: ${come}`);
    await settled(10);
  }
}

export function find<T extends HTMLElement = HTMLElement>(within: ParentNode, selector: string): T {
  const found = within.querySelector<T>(selector);
  if (found === null) throw new Error(`no ${selector}`);
  return found;
}

export function byText(within: ParentNode, selector: string, text: string): HTMLElement {
  const found = [...within.querySelectorAll<HTMLElement>(selector)].find((element) =>
    element.textContent?.includes(text),
  );
  if (found === undefined) throw new Error(`no ${selector} with ${text}`);
  return found;
}
