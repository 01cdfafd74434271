import assert from "node:assert/strict";
import { test } from "node:test";
import { root } from "../testing/dom";
import { keepKeys } from "./shortcuts";

function held(): { el: HTMLElement; button: HTMLElement; press(key: string, more?: object): boolean; stop(): void } {
  const el = root();
  const button = el.appendChild(document.createElement("button"));
  const stop = keepKeys(el);
  const press = (key: string, more = {}) => {
    button.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, composed: true, ...more }),
    );
    return button.hasAttribute("data-lm-suppress-shortcuts");
  };
  return { el, button, press, stop };
}

test("a view has the keys that act on cells to itself, and lets others with Ctrl through", () => {
  const { press, stop } = held();
  for (const key of ["d", "x", "ArrowDown", "Enter"]) assert.ok(press(key), key);
  for (const key of ["Enter", "Backspace", "ArrowUp", "a"]) assert.ok(press(key, { ctrlKey: true }), key);
  assert.ok(press("M", { ctrlKey: true, shiftKey: true }));
  for (const key of ["s", "c", "m"]) assert.ok(!press(key, { ctrlKey: true }), key);
  assert.ok(!press("s", { metaKey: true }));
  stop();
  assert.ok(!press("d"));
});

test("Escape leads back to the cell, where nothing in the view took it", () => {
  const { el, button, press, stop } = held();
  const cell = document.createElement("div");
  cell.className = "jp-Cell";
  cell.tabIndex = -1;
  el.before(cell);
  cell.append(el);
  button.focus();
  button.addEventListener("keydown", (event) => event.preventDefault(), { once: true });
  press("Escape");
  assert.equal(document.activeElement, button);
  press("Escape");
  assert.equal(document.activeElement, cell);
  stop();
});
