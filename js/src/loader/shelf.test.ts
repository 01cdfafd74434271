import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bundle, Code } from "./shelf";
import { Shelf, shelfOf } from "./shelf";

const CODE: Code = { js: "js", css: "css" };

function shelf(): { shelf: Shelf; imported: Code[]; bundle: Bundle } {
  const imported: Code[] = [];
  const bundle: Bundle = { render: () => undefined };
  const made = new Shelf(async (code) => {
    imported.push(code);
    return bundle;
  });
  return { shelf: made, imported, bundle };
}

const never = () => new Promise<Code>(() => {});
const refused = () => Promise.reject(new Error("no"));

test("what was put there is taken without a question, and imported once", async () => {
  const { shelf: it, imported, bundle } = shelf();
  it.put(CODE);
  it.put({ js: "again", css: "" });
  assert.deepEqual(imported, []);
  assert.equal(await it.take(() => assert.fail("asked")), bundle);
  assert.equal(await it.take(() => assert.fail("asked")), bundle);
  assert.deepEqual(imported, [CODE]);
});

test("of many widgets one asks", async () => {
  const { shelf: it, bundle } = shelf();
  let questions = 0;
  const ask = async () => {
    questions += 1;
    return CODE;
  };
  assert.deepEqual(await Promise.all([it.take(ask), it.take(ask), it.take(ask)]), [bundle, bundle, bundle]);
  assert.equal(questions, 1);
});

test("where one is refused, it says so and the next one asks", async () => {
  const { shelf: it, bundle } = shelf();
  const first = it.take(refused);
  const second = it.take(async () => CODE);
  await assert.rejects(first, /no/);
  assert.equal(await second, bundle);
});

test("what a widget brings later ends the wait for an answer", async () => {
  const { shelf: it, bundle } = shelf();
  const waiting = it.take(never);
  it.put(CODE);
  assert.equal(await waiting, bundle);
});

test("what could not be imported is imported by the next who takes it", async () => {
  let tries = 0;
  const bundle: Bundle = { render: () => undefined };
  const it = new Shelf(async () => {
    tries += 1;
    if (tries === 1) throw new Error("no");
    return bundle;
  });
  it.put(CODE);
  await assert.rejects(it.take(never), /no/);
  assert.equal(await it.take(never), bundle);
});

test("loaders of one bundle share a shelf, those of another version do not", () => {
  const importer = async () => ({ render: () => undefined });
  assert.equal(shelfOf("a", importer), shelfOf("a", importer));
  assert.notEqual(shelfOf("a", importer), shelfOf("b", importer));
});
