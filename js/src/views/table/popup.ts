/**
 * Something opened beside what opens it, above everything: a menu, the head of a column, the chooser.
 *
 * It lies in the browser's top layer (the popover attribute), so that no output area cuts it off; Escape and a click
 * elsewhere close it, and the focus goes back to where it was.  Where a browser has no popovers it is placed in the view.
 */
import { h, type Props } from "../dom";

const GAP_PX = 4;
const EDGE_PX = 8;

export class Popup {
  readonly element: HTMLElement;
  private opener: HTMLElement | null = null;
  private onClosed: () => void = () => {};
  private anchor: Element | null = null;
  /** What is asked for comes later, and may not have the room that the first words had. */
  private readonly growth = new ResizeObserver(() => this.fits() || this.place());

  constructor(className: string, props: Props) {
    this.element = h("div", { class: `tb-popup ${className}`, popover: "auto", tabindex: -1, hidden: true, ...props });
    this.element.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.close();
    });
    this.element.addEventListener("toggle", () => {
      if (!this.open) this.closed();
    });
  }

  get open(): boolean {
    return this.opener !== null && (this.element.matches?.(":popover-open") ?? true) && !this.element.hidden;
  }

  /** Opens below `anchor` (above it where there is no room); `opener` gets the focus back. */
  show(anchor: Element, opener: HTMLElement, onClosed: () => void = () => {}): void {
    this.close();
    this.opener = opener;
    this.anchor = anchor;
    this.onClosed = onClosed;
    this.element.hidden = false;
    this.element.showPopover?.();
    this.place();
    const window = this.element.ownerDocument.defaultView;
    window?.addEventListener("scroll", this.onScroll, true);
    window?.addEventListener("resize", this.onScroll);
    this.growth.observe(this.element);
  }

  close(): void {
    if (this.opener === null) return;
    if (this.element.hidePopover && this.element.matches(":popover-open")) this.element.hidePopover();
    this.closed();
  }

  private closed(): void {
    const { opener } = this;
    if (opener === null) return;
    const window = this.element.ownerDocument.defaultView;
    window?.removeEventListener("scroll", this.onScroll, true);
    window?.removeEventListener("resize", this.onScroll);
    this.growth.disconnect();
    const root = this.element.getRootNode() as Document | ShadowRoot;
    const inside = root.activeElement === null || this.element.contains(root.activeElement);
    this.opener = null;
    this.anchor = null;
    this.element.hidden = true;
    if (inside || root.activeElement === this.element.ownerDocument.body) opener.focus({ preventScroll: true });
    this.onClosed();
  }

  /** What it belongs to has moved away under it. */
  private readonly onScroll = (event: Event): void => {
    const { target } = event;
    if (target instanceof Node && this.element.contains(target)) return;
    if (target instanceof Element && target.classList.contains("tb-grid") && target.contains(this.opener)) return;
    this.close();
  };

  private fits(): boolean {
    const high = this.element.ownerDocument.defaultView?.innerHeight ?? 800;
    return this.element.getBoundingClientRect().bottom <= high - EDGE_PX;
  }

  private place(): void {
    if (!this.anchor?.isConnected) return;
    const window = this.element.ownerDocument.defaultView;
    const at = this.anchor.getBoundingClientRect();
    const size = this.element.getBoundingClientRect();
    const [wide, high] = [window?.innerWidth ?? 1000, window?.innerHeight ?? 800];
    const below = at.bottom + GAP_PX;
    const above = at.top - GAP_PX - size.height;
    const top =
      below + size.height <= high - EDGE_PX || above < EDGE_PX
        ? Math.min(below, Math.max(EDGE_PX, high - size.height - EDGE_PX))
        : above;
    const left = Math.max(EDGE_PX, Math.min(at.left, wide - size.width - EDGE_PX));
    this.element.style.left = `${left}px`;
    this.element.style.top = `${top}px`;
  }
}

export interface MenuItem {
  label: string;
  /** the key that does the same in the grid */
  hint?: string;
  run(): void;
  disabled?: boolean;
}

/** A menu of actions; `null` draws a line between two. */
export class Menu {
  private readonly popup = new Popup("tb-menu", { role: "menu" });
  readonly element = this.popup.element;

  constructor() {
    this.element.addEventListener("keydown", (event) => this.onKey(event));
  }

  open(label: string, items: readonly (MenuItem | null)[], anchor: Element, opener: HTMLElement): void {
    this.element.setAttribute("aria-label", label);
    this.element.replaceChildren(
      ...items.map((item) =>
        item === null ? h("div", { class: "tb-menu-line", role: "separator" }) : this.entry(item),
      ),
    );
    this.popup.show(anchor, opener);
    this.entries()[0]?.focus({ preventScroll: true });
  }

  close(): void {
    this.popup.close();
  }

  private entry(item: MenuItem): HTMLElement {
    return h(
      "button",
      {
        type: "button",
        class: "tb-menu-item",
        role: "menuitem",
        tabindex: -1,
        disabled: item.disabled ?? false,
        onclick: () => {
          this.popup.close();
          item.run();
        },
      },
      h("span", { class: "tb-menu-label" }, item.label),
      item.hint === undefined ? null : h("kbd", { class: "tb-muted" }, item.hint),
    );
  }

  private entries(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("[role=menuitem]:not(:disabled)")];
  }

  private onKey(event: KeyboardEvent): void {
    const entries = this.entries();
    const at = entries.findIndex((entry) => entry.matches(":focus"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1, Tab: at }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (event.key === "Tab") this.popup.close();
    else entries[(to + entries.length) % entries.length]?.focus({ preventScroll: true });
  }
}
