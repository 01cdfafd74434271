import assert from "node:assert/strict";
import { test } from "node:test";
import { recorded } from "../../harness/cards";
import type { CardInput } from "../bridge/record";
import {
  clockText,
  elsewhere,
  extent,
  labelTitle,
  reasonText,
  shortDigest,
  snapshotName,
  snapshotText,
  verdictText,
} from "./record";

const input: CardInput = { name: "a", digest: "", size: null, shape: [], seen: "opened", remark: "" };

test("a digest is short, and says of what it is", () => {
  assert.equal(shortDigest("0123456789abcdef"), "01234567");
  assert.equal(shortDigest("s:0123456789abcdef"), "s:01234567");
  assert.equal(shortDigest(""), "");
});

test("frames have a shape, files a size", () => {
  assert.equal(extent({ ...input, shape: [12_000, 30], size: 5 }), "12,000 × 30");
  assert.equal(extent({ ...input, shape: [426] }), "426 values");
  assert.equal(extent({ ...input, size: 1536 }), "1.5 kB");
  assert.equal(extent(input), "");
});

test("a reason names its cell, where one is concerned", () => {
  const text = "was edited after it ran";
  assert.equal(reasonText({ cell: "cell [3]", line: "x = 1", text }), `cell [3] ${text}`);
  assert.equal(reasonText({ cell: "", line: "x = 1", text }), `a cell ${text}`);
  assert.equal(reasonText({ cell: "", line: "", text: "x is read" }), "x is read");
});

test("a snapshot has the time of day", () => {
  assert.match(clockText(1_795_257_074_274), /^\d\d:\d\d:14$/);
  assert.equal(clockText(9e18), "unknown time");
});

test("words of a newer version are shown as they are", () => {
  assert.equal(verdictText("odd" as "unknown"), verdictText("unknown"));
  assert.equal(labelTitle("verified"), "");
  const snapshot = { when: "end", origin: "cloud", unsaved: true, taken_ms: 0, path: "" } as const;
  assert.equal(snapshotText(snapshot), "cloud, with unsaved changes");
});

test("a snapshot's file is named after notebook, cell and version, with nothing a file system minds", () => {
  const snapshot = { when: "end", origin: "live", unsaved: false, taken_ms: 0, path: "" } as const;
  assert.equal(snapshotName(recorded, snapshot), "00-quickstart-svm-v2-end.ipynb");
  const odd = { ...recorded, notebook: { path: "../../a/..\\b <i>.ipynb", cells: 1 }, cell: null };
  assert.match(
    snapshotName({ ...odd, run: { ...odd.run, name: "x/..//y\n" } }, snapshot),
    /^[\p{L}\p{N}_.-]+-end\.ipynb$/u,
  );
});

test("secrets elsewhere are said by place, each once, and what is too many is counted", () => {
  const at = (place: string, quiet?: boolean) => ({ kind: "key", place, line: 1, ...(quiet && { quiet }) });
  assert.equal(elsewhere([at("param lr")]), null);
  const twice = [at("trackbook/history.json", true), at("trackbook/history.json", true)];
  const places = ["history.json"];
  assert.deepEqual(elsewhere(twice), { lead: "Secrets were replaced in", places, more: "" });
  assert.equal(elsewhere([at("param lr"), ...twice])?.lead, "Secrets were also replaced in");
  const many = ["a", "b", "c", "d", "e", "f"].map((place) => at(place, true));
  const told = { lead: "Secrets were replaced in", places: ["a", "b", "c", "d"], more: " and 2 more" };
  assert.deepEqual(elsewhere(many), told);
});
