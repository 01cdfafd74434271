import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeModel, Refusal } from "./fake";
import { RequestFailed, Requests } from "./requests";

const QUICK = { n: 2 };
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

test("what the kernel leaves unanswered is answered elsewhere, and who comes first is heard", async () => {
  const asked: unknown[] = [];
  const model = new FakeModel<object>({});
  const requests = new Requests<Echo>(model, {
    otherwise_ms: 5,
    otherwise: (method, params) => {
      asked.push([method, params]);
      return params === QUICK ? null : Promise.resolve("from the server");
    },
  });
  assert.equal(await requests.ask("echo", { n: 1 }), "from the server");
  model.push({ kind: "response", id: model.sent[0]?.id, result: "too late" });
  const second = requests.ask("echo", QUICK);
  await new Promise((resolve) => setTimeout(resolve, 15));
  model.push({ kind: "response", id: model.sent[1]?.id, result: "from the kernel" });
  assert.equal(await second, "from the kernel");
  const third = requests.ask("echo", { n: 3 });
  model.push({ kind: "response", id: model.sent[2]?.id, result: "at once" });
  assert.equal(await third, "at once");
  await new Promise((resolve) => setTimeout(resolve, 15));
  assert.equal(asked.length, 2);
});

test("where the server does not answer the kernel is waited for, but a filter is refused at once", async () => {
  const model = new FakeModel<object>({});
  const refuse = (type: string) => () => Promise.reject(new RequestFailed({ type, message: "no" }));
  const other = new Requests<Echo>(model, { otherwise_ms: 5, otherwise: refuse("NoServerExtension") });
  const waited = other.ask("echo", {});
  await new Promise((resolve) => setTimeout(resolve, 15));
  model.push({ kind: "response", id: model.sent[0]?.id, result: "late" });
  assert.equal(await waited, "late");
  const refusing = new Requests<Echo>(model, { otherwise_ms: 5, otherwise: refuse("FilterSyntaxError") });
  await assert.rejects(refusing.ask("echo", {}), /no/);
});

test("where the kernel was shut down only the server is asked", async () => {
  const model = new FakeModel<object>({});
  const closed = {
    on: model.on.bind(model),
    off: model.off.bind(model),
    send: () => {
      throw new Error("Cannot send");
    },
  };
  const answered = new Requests<Echo>(closed, { otherwise: () => Promise.resolve("stored") });
  assert.equal(await answered.ask("echo", {}), "stored");
  const alone = new Requests<Echo>(closed);
  await assert.rejects(alone.ask("echo", {}), /There is no kernel/);
});
