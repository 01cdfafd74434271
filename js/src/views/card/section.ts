/** A titled part of a card. */
import { type Child, h, uniqueId } from "../dom";

export function section(name: string, title: Child, ...children: Child[]): HTMLElement {
  const id = uniqueId(name);
  const heading = h("div", { class: "tb-section-title", id }, title);
  return h(
    "div",
    { class: `tb-section tb-section-${name}`, role: "group", "aria-labelledby": id },
    heading,
    ...children,
  );
}

/** A small count or remark beside a section's title. */
export function aside(text: string): HTMLElement {
  return h("span", { class: "tb-aside" }, text);
}

export function titled(title: string, remark: string): HTMLElement {
  return h("span", {}, title, " ", aside(remark));
}
