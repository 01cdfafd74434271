import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

declare const __SRC__: string;

test("no source sets markup, opens an address or evaluates text", () => {
  const forbidden =
    /(inner|outer)HTML(?!;)|insertAdjacentHTML|document\.write|\beval\(|new Function|https?:\/\/(?!www\.w3\.org\/2000\/svg)|\.href\s*=/;
  const sources = readdirSync(__SRC__, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.ts$/.test(path) && !/\.test\.ts$|testing\//.test(path),
  );
  assert.ok(sources.length > 40);
  for (const path of sources) {
    const lines = readFileSync(join(__SRC__, path), "utf8").split("\n");
    const bad = lines.filter((line) => forbidden.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line));
    assert.deepEqual(bad, [], path);
  }
});
