import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeModel, Refusal } from "./fake";
import { RequestFailed, Requests } from "./requests";

type Echo = { echo: { params: Record<string, unknown>; result: unknown } };

test("an answer finds its question, in any order", async () => {
  const model = new FakeModel<object>({});
  const requests = new Requests<Echo>(model);
  const [first, second] = [requests.ask("echo", { n: 1 }), requests.ask("echo", { n: 2 })];
  const [a, b] = model.sent;
  model.push({ kind: "response", id: b?.id, result: "two" });
  model.push({ kind: "response", id: a?.id, result: "one" });
  assert.deepEqual(await Promise.all([first, second]), ["one", "two"]);
});

test("two views of one model do not take each other's answers", async () => {
  const model = new FakeModel<object>({}, (_method, params) => params.who);
  const [one, two] = [new Requests<Echo>(model), new Requests<Echo>(model)];
  assert.deepEqual(await Promise.all([one.ask("echo", { who: "one" }), two.ask("echo", { who: "two" })]), [
    "one",
    "two",
  ]);
});

test("a refusal carries what the kernel said", async () => {
  const model = new FakeModel<object>({}, () => {
    throw new Refusal({ type: "FilterSyntaxError", message: "no", position: 3, expected: "a comparator" });
  });
  await assert.rejects(new Requests<Echo>(model).ask("echo", {}), (error: RequestFailed) => {
    assert.ok(error instanceof RequestFailed);
    assert.deepEqual(
      [error.type, error.position, error.expected, error.hint],
      ["FilterSyntaxError", 3, "a comparator", ""],
    );
    return true;
  });
});

test("no answer is an error after the time-out, and a late one is ignored", async () => {
  const model = new FakeModel<object>({});
  const requests = new Requests<Echo>(model, { timeout_ms: 5 });
  await assert.rejects(requests.ask("echo", {}), { type: "Timeout" });
  model.push({ kind: "response", id: model.sent[0]?.id, result: 1 });
});

test("slowness is told once, and its end", async () => {
  const told: boolean[] = [];
  const model = new FakeModel<object>({}, () => new Promise((resolve) => setTimeout(resolve, 20)));
  const requests = new Requests<Echo>(model, { slow_ms: 5, onSlow: (slow) => told.push(slow) });
  await Promise.all([requests.ask("echo", {}), requests.ask("echo", {})]);
  assert.deepEqual(told, [true, false]);
});

test("closing gives up what is under way and stops listening", async () => {
  const model = new FakeModel<object>({});
  const requests = new Requests<Echo>(model);
  const asked = requests.ask("echo", {});
  requests.dispose();
  await assert.rejects(asked, { type: "Disconnected" });
  assert.equal(model.listenerCount(), 0);
});
