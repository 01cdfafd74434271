import assert from "node:assert/strict";
import { test } from "node:test";
import { type Changes, type Document, Revisions, type Told } from "./revisions";

const cell = (id: unknown, source: string) => ({ id, source });
const made = (...cells: { id: unknown; source: string }[]): Document => ({ nbformat: 4, cells });
const told = ({ text }: Told): Changes => JSON.parse(text);

test("a kernel that knows nothing is told all", () => {
  const first = new Revisions("p").tell(made(cell("a", "1"), cell("b", "2")), []);
  assert.equal(first.base, null);
  assert.deepEqual(told(first), {
    head: { nbformat: 4 },
    order: ["a", "b"],
    cells: { a: cell("a", "1"), b: cell("b", "2") },
  });
});

test("only what has changed is told", () => {
  const revisions = new Revisions("p");
  const first = revisions.tell(made(cell("a", "1"), cell("b", "2")), []);
  const edited = revisions.tell(made(cell("a", "1"), cell("b", "3")), [first.revision]);
  assert.equal(edited.base, first.revision);
  assert.deepEqual(told(edited), { cells: { b: cell("b", "3") } });
  const moved = revisions.tell(made(cell("b", "3"), cell("c", "4")), [first.revision, edited.revision]);
  assert.equal(moved.base, edited.revision);
  assert.deepEqual(told(moved), { order: ["b", "c"], cells: { c: cell("c", "4") } });
});

test("what has not changed is the same revision", () => {
  const revisions = new Revisions("p");
  const first = revisions.tell(made(cell("a", "1")), []);
  const again = revisions.tell(made(cell("a", "1")), [first.revision]);
  assert.equal(again.revision, first.revision);
  assert.deepEqual(told(again), { cells: {} });
});

test("a question that overtook the answer before it is answered by what it knows", () => {
  const revisions = new Revisions("p");
  const first = revisions.tell(made(cell("a", "1")), []);
  revisions.tell(made(cell("a", "2")), [first.revision]);
  const third = revisions.tell(made(cell("a", "3")), [first.revision]);
  assert.equal(third.base, first.revision);
  assert.deepEqual(told(third), { cells: { a: cell("a", "3") } });
});

test("revisions of another page, or long ago, are none that it knows", () => {
  const revisions = new Revisions("p");
  const first = revisions.tell(made(cell("a", "0")), []);
  assert.equal(revisions.tell(made(cell("a", "1")), ["q:1"]).base, null);
  for (let i = 2; i < 20; i++) revisions.tell(made(cell("a", String(i))), []);
  assert.equal(revisions.tell(made(cell("a", "20")), [first.revision]).base, null);
});

test("cells that share an id, or have none, are told apart", () => {
  const cells = [cell("a", "1"), cell("a", "2"), cell(undefined, "3"), cell(undefined, "4")];
  assert.deepEqual(told(new Revisions("p").tell(made(...cells), [])).order, ["a", "a#2", "", "#2"]);
});
