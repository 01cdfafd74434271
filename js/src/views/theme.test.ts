import assert from "node:assert/strict";
import { test } from "node:test";
import { root, settled, until } from "../testing/dom";
import { onThemeChange } from "./theme";

test("a view hears of a theme by its name on the page's body, until it lets go", async () => {
  let heard = 0;
  const release = onThemeChange(root(), () => {
    heard += 1;
  });
  document.body.setAttribute("data-jp-theme-name", "JupyterLab Dark");
  await until(() => heard > 0);
  release();
  const before = heard;
  document.body.setAttribute("data-jp-theme-name", "JupyterLab Light");
  await settled(150);
  assert.equal(heard, before);
});
