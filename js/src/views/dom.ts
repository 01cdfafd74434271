/**
 * Building elements without markup: strings only ever become text nodes or attribute values, so that nothing stored can
 * become an element.  No view uses `innerHTML` or a link; a test holds us to it.
 */
import { oneLine } from "../lib/text";

export type Child = Node | string | number | null | undefined | false;
type Handler = (event: never) => void;
export type Props = Record<string, string | number | boolean | null | undefined | Handler>;

/** An element; `on...` props are listeners, true is a bare attribute, false and null leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (name === "style")
      element.style.cssText = String(value); // as an attribute a strict page refuses it
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...present(children));
  return element;
}

function present(children: readonly Child[]): (Node | string)[] {
  return children
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/** What a user typed, on one line: its direction stays inside, it is cut with an ellipsis where it is too long, and whole in the title. */
export function user(text: string, className = "", title = text): HTMLElement {
  return h("bdi", { class: `tb-user ${className}`.trim(), title }, oneLine(text));
}

/** Writes another such text into what `user` made. */
export function userAnew(element: HTMLElement, text: string, title = text): void {
  write(element, oneLine(text), title);
}

/** Another text and title of an element that holds text alone. */
export function write(element: HTMLElement, text: string, title: string): void {
  if (element.title !== title) element.title = title;
  const node = element.firstChild;
  if (node === null || node.nodeType !== 3) element.textContent = text;
  else if (node.nodeValue !== text) node.nodeValue = text;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag: string, attributes: Record<string, string | number>, ...children: Node[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "style") element.style.cssText = String(value);
    else element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** 16 px line icons; decoration only: what they say is said in words beside them or in a label. */
const ICONS = {
  check: "M3.5 8.5l3 3 6-7",
  cross: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  stop: "M5 5h6v6H5z",
  clock: "M8 4.5V8l2.5 1.5",
  chevron: "M6 4l4 4-4 4",
  columns: "M2.5 3.5h11v9h-11zM6.2 3.5v9M9.8 3.5v9",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4l3.1 3.1",
  warning: "M8 2.8l5.8 10.4H2.2zM8 6.5v3M8 11.4v.1",
  unknown: "M5.5 6.2a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.7M8 12.4v.1",
  offline: "M3 3l10 10M5 6a5 5 0 0 0 .5 6.2M10.2 4.2a5 5 0 0 1 1.6 6.6",
  up: "M8 12.5v-9M4.5 7L8 3.5 11.5 7",
  down: "M8 3.5v9M4.5 9L8 12.5 11.5 9",
  pin: "M5.5 2.5h5M6.5 2.5v4L4.5 9h7l-2-2.5v-4M8 9v4.5",
  more: "M3.5 8v.1M8 8v.1M12.5 8v.1",
  group: "M2.5 4h11M5.5 8h8M5.5 12h8",
} as const;
export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGElement {
  const path = svg("path", { d: ICONS[name] });
  return svg("svg", { class: `tb-icon tb-icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
}

/** Ids that are unique on the page, for labels and descriptions. */
export function uniqueId(stem: string): string {
  return `tb-${stem}-${Math.random().toString(36).slice(2, 9)}`;
}

export function button(label: string, onclick: () => void, props: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", class: "tb-button", onclick, ...props }, label);
}
