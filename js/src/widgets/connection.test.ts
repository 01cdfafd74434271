import assert from "node:assert/strict";
import { test } from "node:test";
import { rich } from "../../harness/cards";
import type { CardModelState } from "../bridge/card";
import { FakeModel } from "../bridge/fake";
import { offerServer } from "../bridge/standby";
import { VERSION } from "../lib/version";
import { root } from "../testing/dom";
import card from "./card";

/** What stands above a card in a page whose extension has this version; undefined is one that does not tell. */
function remarkWith(version: string | undefined): string | undefined {
  offerServer(() => null, version as string);
  const model = new FakeModel<CardModelState>({ card: rich, folded: false }, () => []);
  const el = root();
  const close = card.render({ model, el });
  const said = el.querySelector(".tb-remark")?.textContent ?? undefined;
  close();
  assert.equal(el.childElementCount, 0);
  return said;
}

test("where JupyterLab has no trackbook one view of the page says so, with what to do", async () => {
  const place = root();
  const config = place.appendChild(document.createElement("script"));
  config.id = "jupyter-config-data";
  const views = [1, 2].map(() => place.appendChild(document.createElement("div")));
  const closings = views.map((el) =>
    card.render({ model: new FakeModel<CardModelState>({ card: rich, folded: false }, () => []), el }),
  );
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.equal(document.querySelectorAll(".tb-remark").length, 1);
  assert.match(views[0]?.querySelector(".tb-remark")?.textContent ?? "", /JupyterLab has no trackbook.*pip install/);
  document.querySelector<HTMLElement>(".tb-remark button")?.click();
  assert.equal(document.querySelectorAll(".tb-remark").length, 0);
  for (const close of closings) close();
});

test("a widget says that JupyterLab has another version of trackbook, and what to do", () => {
  assert.equal(remarkWith(VERSION), undefined);
  assert.match(remarkWith("0.0.1") ?? "", /JupyterLab has 0\.0\.1.*reload the page/);
  assert.match(remarkWith(undefined) ?? "", /an older one/);
});
