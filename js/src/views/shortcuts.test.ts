import assert from "node:assert/strict";
import { test } from "node:test";
import { root } from "../testing/dom";
import { keepKeys } from "./shortcuts";

test("what has the focus keeps single keys to itself, but lets Ctrl through", () => {
  const el = root();
  const button = el.appendChild(document.createElement("button"));
  const stop = keepKeys(el);
  const suppressed = () => button.hasAttribute("data-lm-suppress-shortcuts");
  const send = (type: string, key: string) => button.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
  button.dispatchEvent(new Event("focusin", { bubbles: true }));
  assert.ok(suppressed());
  send("keydown", "Control");
  assert.ok(!suppressed());
  send("keyup", "Control");
  assert.ok(suppressed());
  button.dispatchEvent(new Event("focusout", { bubbles: true }));
  assert.ok(!suppressed());
  stop();
});
