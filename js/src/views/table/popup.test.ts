import assert from "node:assert/strict";
import { test } from "node:test";
import { root } from "../../testing/dom";
import { Popup } from "./popup";

test("what grows beside something that is gone stays where it was", () => {
  const before = globalThis.ResizeObserver;
  let grow = () => {};
  globalThis.ResizeObserver = class {
    constructor(grown: ResizeObserverCallback) {
      grow = () => grown([], this);
    }
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  const el = root();
  const popup = new Popup("tb-menu", {});
  globalThis.ResizeObserver = before;
  const anchor = el.appendChild(document.createElement("div"));
  el.append(popup.element);
  const at = (element: Element, left: number, bottom: number) => {
    element.getBoundingClientRect = () => ({ left, bottom, top: 0, right: 0, width: 0, height: 0 }) as DOMRect;
  };
  at(anchor, 300, 200);
  popup.show(anchor, el);
  const place = popup.element.style.left;
  assert.equal(place, "300px");
  anchor.remove();
  at(anchor, 0, 0);
  at(popup.element, 300, 100_000); // it no longer fits
  grow();
  assert.equal(popup.element.style.left, place);
});
