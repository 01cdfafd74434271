import assert from "node:assert/strict";
import { test } from "node:test";
import { DASHES, PALETTE, RunColours, sharedRunColours } from "./runcolours";

const ids = (count: number) => Array.from({ length: count }, (_, i) => `run-${i}`);

test("as many runs as there are colours all differ, and the next ones by their dash", () => {
  const looks = new RunColours();
  const some = ids(PALETTE.length * 2);
  const colours = some.map((id) => looks.colour(id));
  assert.equal(new Set(colours.slice(0, PALETTE.length)).size, PALETTE.length);
  assert.equal(looks.dash("run-0"), DASHES[0]);
  assert.equal(looks.dash(`run-${PALETTE.length}`), DASHES[1]);
});

test("a run keeps its colour whoever asks, and takes it along where looks are saved", () => {
  const looks = new RunColours();
  const before = ids(5).map((id) => looks.colour(id));
  looks.setVisible(["run-3"], false);
  const later = new RunColours();
  later.load(looks.save(ids(5)));
  assert.deepEqual(
    [...ids(5)].reverse().map((id) => later.colour(id)),
    before.reverse(),
  );
  assert.deepEqual([later.isVisible("run-3"), later.isVisible("run-2")], [false, true]);
});

test("what is hidden or pointed at is told to everyone who listens", () => {
  const looks = new RunColours();
  let told = 0;
  const stop = looks.onChange(() => {
    told += 1;
  });
  looks.setVisible(["a"], false);
  looks.pointAt("a");
  looks.pointAt("a");
  stop();
  looks.showAll();
  assert.deepEqual([told, looks.anyHidden, looks.pointedAt], [2, false, "a"]);
});

test("the page has one of them", () => {
  assert.equal(sharedRunColours(), sharedRunColours());
});
