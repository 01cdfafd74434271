import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyRegistry, playRegistry, registryOf } from "../../harness/registries";
import { type Answer, FakeModel } from "../bridge/fake";
import type { ModelDetail, RegistryState, RegistryTraits } from "../bridge/registry";
import { find, root, settled, until } from "../testing/dom";
import registry from "./registry";

const WAIT = 30;

function shown(state: RegistryState, answer?: Answer, versions = 3) {
  const whole = registryOf(versions, true).model as ModelDetail;
  const model = new FakeModel<RegistryTraits>({ registry: state }, answer ?? playRegistry(state, whole));
  const el = root();
  return { model, el, close: registry.render({ model, el }) };
}
const asked = (model: FakeModel<RegistryTraits>, method: string) => model.sent.filter((one) => one.method === method);
const key = (el: HTMLElement, name: string) => find(el, `[data-key="${name}"]`);
const tell = (el: HTMLElement, selector: string) => find(el, selector).textContent ?? "";

async function opened(el: HTMLElement, version: string): Promise<void> {
  key(el, `version-${version}`).click();
  await settled(WAIT);
}

test("models are listed; one opens, and there is a way back", async () => {
  const { el, close } = shown(registryOf(3, false));
  assert.equal(el.querySelectorAll(".tb-open-model").length, 4);
  key(el, "open-breast-cancer").click();
  await settled(WAIT);
  assert.equal(tell(el, ".tb-model-title"), "breast-cancer");
  key(el, "back").click();
  await settled(WAIT);
  assert.equal(el.querySelectorAll(".tb-open-model").length, 4);
  close();
});

test("versions carry their aliases, stages and the difference to the champion", () => {
  const { el, close } = shown(registryOf(3, true));
  const rows = [...el.querySelectorAll(".tb-versions > tbody > tr")].map((row) => row.textContent ?? "");
  assert.equal(rows.length, 3);
  assert.ok(rows[0]?.includes("@challenger") && rows[0].includes("Staging") && rows[0].includes("+0.00333"));
  assert.ok(rows[1]?.includes("the champion") && rows[1].includes("@champion"));
  close();
});

test("a version opens: metrics beside the champion, its run, and the way from data", async () => {
  const { el, close } = shown(registryOf(3, true));
  await opened(el, "3");
  assert.ok(tell(el, ".tb-beside").includes("Difference"));
  const steps = [...el.querySelectorAll(".tb-lineage-kind")].map((one) => one.textContent);
  assert.deepEqual(steps, ["Data", "Cell", "Run", "Model", "Version"]);
  assert.ok(tell(el, ".tb-inputs").includes("wdbc.csv9f86d081884c"));
  assert.equal(key(el, "version-3").getAttribute("aria-expanded"), "true");
  close();
});

test("what will change is shown before it is done, with a reason", async () => {
  const { el, model, close } = shown(registryOf(3, true));
  await opened(el, "3");
  key(el, "alias-3").focus();
  key(el, "alias-3").click();
  await settled(WAIT);
  const plan = tell(el, ".tb-plan");
  assert.ok(plan.includes("alias champion") && plan.includes("v2") && plan.includes("v3"));
  assert.equal(asked(model, "change").length, 0);
  find<HTMLTextAreaElement>(el, ".tb-reason").value = "better recall";
  find(el, "dialog form").dispatchEvent(new Event("submit", { cancelable: true }));
  await settled(WAIT);
  const [change] = asked(model, "change");
  const { action, version, seen, reason } = (change?.params ?? {}) as Record<string, string>;
  assert.deepEqual([action, version, seen, reason], ["alias", "3", "90", "better recall"]);
  assert.ok(tell(el, ".tb-registry-said").includes("alias champion: v2 → v3"));
  assert.equal(document.activeElement?.getAttribute("data-key"), "alias-3");
  close();
});

test("where another was quicker nothing is done, and what would change now is shown", async () => {
  const state = registryOf(3, true);
  const { el, model, close } = shown(state, playRegistry(state, state.model as ModelDetail, true));
  await opened(el, "3");
  key(el, "alias-3").focus();
  key(el, "alias-3").click();
  await settled(WAIT);
  find(el, "dialog form").dispatchEvent(new Event("submit", { cancelable: true }));
  await settled(WAIT);
  assert.ok(tell(el, "dialog [role=alert]").includes("Nothing was done"));
  assert.ok(tell(el, "dialog [role=alert]").includes("bob"));
  assert.ok(tell(el, ".tb-plan").includes("v1"));
  assert.equal(asked(model, "change").length, 1);
  close();
});

test("a change that cannot be done cannot be sent", async () => {
  const { el, model, close } = shown(registryOf(3, true));
  await opened(el, "3");
  key(el, "alias-3").focus();
  key(el, "alias-3").click();
  find<HTMLInputElement>(el, "dialog input").value = "v1";
  find(el, "dialog form").dispatchEvent(new Event("input"));
  await until(() => tell(el, ".tb-plan").includes("cannot be used"));
  find(el, "dialog form").dispatchEvent(new Event("submit", { cancelable: true }));
  assert.equal(asked(model, "change").length, 0);
  close();
});

test("a change by another client is shown without closing what stands open", async () => {
  const state = registryOf(3, true);
  const whole = structuredClone(state.model) as ModelDetail;
  const { el, model, close } = shown(state, playRegistry(state, whole));
  await opened(el, "1");
  whole.description = "changed elsewhere";
  model.set("registry", { ...state, model: whole });
  await settled(WAIT);
  assert.ok(tell(el, ".tb-model-head").includes("changed elsewhere"));
  assert.equal(key(el, "version-1").getAttribute("aria-expanded"), "true");
  close();
});

test("without a kernel all is readable and nothing can be changed", async () => {
  const { el, model, close } = shown(registryOf(3, true));
  await opened(el, "3");
  model.emit("comm_live_update");
  assert.ok((el.textContent ?? "").includes("The kernel is gone"));
  assert.equal(el.querySelectorAll(".tb-actions, .tb-pill-cross").length, 0);
  assert.ok(tell(el, ".tb-beside").includes("accuracy"));
  close();
});

test("no models, no versions and no reason are said in words", () => {
  const empty = shown(emptyRegistry);
  assert.ok(tell(empty.el, ".tb-empty").includes("No registered models yet"));
  empty.close();
  const none = shown(registryOf(0, true));
  assert.ok(tell(none.el, ".tb-empty").includes("No versions yet"));
  none.close();
});

test("arrow keys go from version to version", () => {
  const { el, close } = shown(registryOf(3, true));
  key(el, "version-3").focus();
  key(el, "version-3").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  assert.equal(document.activeElement?.getAttribute("data-key"), "version-2");
  close();
});

test("two views of one widget open what they like", async () => {
  const { el, model, close } = shown(registryOf(3, true));
  const second = document.createElement("div");
  document.body.append(second);
  const closeSecond = registry.render({ model, el: second });
  await opened(el, "3");
  assert.equal(el.querySelectorAll(".tb-version-panel").length, 1);
  assert.equal(second.querySelectorAll(".tb-version-panel").length, 0);
  close();
  closeSecond();
  assert.equal(model.listenerCount(), 0);
});

test("nothing a user typed becomes an element", async () => {
  const state = registryOf(3, true, true);
  const { el, close } = shown(state, playRegistry(state, state.model as ModelDetail));
  await opened(el, "3");
  assert.ok(find(el, ".tb-version-panel"));
  assert.equal(el.querySelectorAll("script, img, a, iframe").length, 0);
  close();
});

test("what waits for approval is shown and decided with a reason", async () => {
  const state = registryOf(3, true);
  const request = { id: "7", words: "alias champion to v3", user: "<b>bob</b>", reason: "recall", time_ms: 1 };
  const model = { ...(state.model as ModelDetail), approvers: ["ann", "group:ops"], requests: [request] };
  const { el, model: fake, close } = shown({ ...state, model });
  assert.ok(tell(el, ".tb-model-head").includes("approved by ann, group:ops"));
  assert.ok((el.textContent ?? "").includes("request 7: alias champion to v3"));
  assert.ok((el.textContent ?? "").includes("<b>bob</b>"));
  key(el, "approve-7").click();
  await until(() => asked(fake, "plan").length > 0);
  const plan = asked(fake, "plan").at(-1)?.params as Record<string, unknown>;
  assert.deepEqual([plan.action, plan.request, plan.name], ["approve", "7", model.name]);
  close();
});

test("a model that is not protected has nothing that waits", () => {
  const { el, close } = shown(registryOf(3, true));
  assert.ok(!(el.textContent ?? "").includes("Waiting for approval"));
  assert.ok(!(el.textContent ?? "").includes("Protected"));
  close();
});
