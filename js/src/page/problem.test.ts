import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestFailed } from "../bridge/requests";
import { find } from "../testing/dom";
import { Nowhere, problem } from "./problem";

const said = (error: unknown) => {
  const element = problem(error, () => {});
  return [find(element, "p").textContent, element.querySelector("button")?.textContent ?? null];
};

test("what is not there is said without words for Python, and is not tried again", () => {
  const remedy = "the models are 'a'; see tb.search_registered_models()";
  const message = `no registered model 'a: b': ${remedy}`;
  const gone = "No registered model 'a: b'. It was deleted, you may not see it, or the address is wrong.";
  assert.deepEqual(said(new RequestFailed({ type: "NotFound", message, remedy })), [gone, null]);
  const short = "No model 'a'. It was deleted, you may not see it, or the address is wrong.";
  assert.deepEqual(said(new RequestFailed({ type: "NotFound", message: "no model 'a'" })), [short, null]);
  const refused = { type: "NotFound", message: "no run: it may not be seen", remedy: "it may not be seen" };
  const unseen = "No run. It was deleted, you may not see it, or the address is wrong.";
  assert.deepEqual(said(new RequestFailed(refused)), [unseen, null]);
  assert.deepEqual(said(new Nowhere("There is nothing at this address.")), ["There is nothing at this address.", null]);
});

test("what may come right is tried again", () => {
  const away = new RequestFailed({ type: "Disconnected", message: "The server cannot be reached." });
  assert.deepEqual(said(away), ["The server cannot be reached.", "Try again"]);
});
