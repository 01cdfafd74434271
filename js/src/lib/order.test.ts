import assert from "node:assert/strict";
import { test } from "node:test";
import { ariaSort, nextOrder, sameOrder } from "./order";

const up = (key: string) => ({ key, desc: false });
const down = (key: string) => ({ key, desc: true });

test("a click goes up, down, off", () => {
  assert.deepEqual(nextOrder([], "a", false), [up("a")]);
  assert.deepEqual(nextOrder([up("a")], "a", false), [down("a")]);
  assert.deepEqual(nextOrder([down("a")], "a", false), []);
});

test("a click alone drops the other columns, with shift it keeps them in place", () => {
  assert.deepEqual(nextOrder([up("a"), up("b")], "c", false), [up("c")]);
  assert.deepEqual(nextOrder([up("a")], "b", true), [up("a"), up("b")]);
  assert.deepEqual(nextOrder([up("a"), up("b")], "a", true), [down("a"), up("b")]);
  assert.deepEqual(nextOrder([down("a"), up("b")], "a", true), [up("b")]);
});

test("orders are compared and told to assistive technology", () => {
  assert.ok(sameOrder([up("a")], [up("a")]));
  assert.ok(!sameOrder([up("a")], [down("a")]));
  assert.equal(ariaSort(undefined), "none");
  assert.equal(ariaSort(down("a")), "descending");
});
