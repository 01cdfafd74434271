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

test("a widget says that JupyterLab has another version of trackbook, and what to do", () => {
  assert.equal(remarkWith(VERSION), undefined);
  assert.match(remarkWith("0.0.1") ?? "", /JupyterLab has 0\.0\.1.*reload the page/);
  assert.match(remarkWith(undefined) ?? "", /an older one/);
});
