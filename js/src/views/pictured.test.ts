import assert from "node:assert/strict";
import { test } from "node:test";
import { root } from "../testing/dom";
import { pictured } from "./pictured";

test("a drawing becomes an image of its own ink, and its texts go with it", () => {
  const html = '<div><b>loss</b><svg aria-label="curve" onload="run()"><text>12</text><svg></svg></svg></div>';
  const page = root();
  page.innerHTML = pictured(html, "rgb(1, 2, 3)");
  const images = [...page.querySelectorAll("img")];
  assert.deepEqual([page.textContent, images.length, images[0]?.alt], ["loss", 1, "curve"]);
  assert.equal(page.querySelector("svg"), null);
  const source = decodeURIComponent(images[0]?.getAttribute("src") ?? "");
  assert.ok(source.startsWith("data:image/svg+xml,<svg") && source.includes("rgb(1, 2, 3)") && source.includes("12"));
});
