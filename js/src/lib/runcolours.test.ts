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

test("runs of one view differ, the later one moving on; alone each has the colour that its id prefers", () => {
  const begun = (run_id: string, start_ms: number) => ({ run_id, start_ms });
  const slots = (runs: { run_id: string; start_ms: number }[], chosen: Record<string, number> = {}) => {
    const looks = new RunColours();
    looks.load({ colours: chosen, hidden: [] });
    looks.show(runs);
    return runs.map((run) => looks.index(run.run_id));
  };
  // the same cases as in tests/charts/test_palette.py
  assert.deepEqual(slots([begun("a", 1)]), [0]);
  assert.deepEqual(slots([begun("k", 1)]), [0]);
  assert.deepEqual(slots([begun("a", 1), begun("k", 2)]), [0, 1]);
  assert.deepEqual(slots([begun("a", 2), begun("k", 1)]), [1, 0]);
  assert.deepEqual(slots([begun("a", 1), begun("k", 2)], { k: 0 }), [1, 0]);
  const ten = slots(ids(10).map((id, at) => begun(id, at)));
  assert.equal(new Set(ten).size, 10);
  assert.deepEqual(ten, [5, 6, 3, 4, 9, 0, 7, 8, 1, 2]);
});

test("runs that come later leave the others' colours as they are", () => {
  const looks = new RunColours();
  const old = ids(6).map((run_id, at) => ({ run_id, start_ms: 10 + at }));
  looks.show(old);
  const before = ids(6).map((id) => looks.index(id));
  looks.show([...old, { run_id: "older", start_ms: 1 }]);
  assert.deepEqual(
    ids(6).map((id) => looks.index(id)),
    before,
  );
});

test("what the user hid or coloured is taken along where looks are saved", () => {
  const looks = new RunColours();
  looks.recolour("run-2", 4);
  looks.setVisible(["run-3"], false);
  const later = new RunColours();
  later.load(looks.save(ids(5)));
  assert.deepEqual([later.isVisible("run-3"), later.isVisible("run-2"), later.index("run-2")], [false, true, 4]);
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

test("views share what is hidden", () => {
  sharedRunColours().setVisible(["a"], false);
  assert.equal(sharedRunColours().isVisible("a"), false);
  sharedRunColours().showAll();
});
