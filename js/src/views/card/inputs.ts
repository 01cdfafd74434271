/** The data that the run was given: files, frames and arrays, with the digests of their contents. */
import type { Card } from "../../bridge/card";
import type { CardInput } from "../../bridge/record";
import { extent, shortDigest } from "../../lib/record";
import { grouped } from "../../lib/text";
import { h, user } from "../dom";
import { capped } from "../more";
import { section, titled } from "./section";

const SHOWN = 6;

export function inputs(card: Card, open: { all: boolean }): HTMLElement | null {
  const { inputs: given = [], input_count: count = 0 } = card.record ?? {};
  if (given.length === 0) return null;
  const list = h("div", { class: "tb-files tb-inputs", role: "list" });
  const beyond = count - given.length;
  return section(
    "inputs",
    titled("Inputs", count > 1 ? grouped(count) : ""),
    capped(list, given.map(row), SHOWN, "inputs", open),
    beyond > 0 && h("div", { class: "tb-muted" }, `and ${grouped(beyond)} more`),
  );
}

function row(input: CardInput): HTMLElement {
  const { name, digest, seen, remark } = input;
  const title = remark ? `${digest}\n${remark}` : digest;
  return h(
    "div",
    { class: "tb-file", role: "listitem" },
    user(name, "tb-mono tb-file-name"),
    user(extent(input), "tb-num tb-file-size"),
    user(shortDigest(digest), "tb-mono tb-file-digest", digest && `digest ${title}`),
    user(remark ? `${seen}, ${remark}` : seen, "tb-file-seen"),
  );
}
