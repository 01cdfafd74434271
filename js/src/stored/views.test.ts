import assert from "node:assert/strict";
import { test } from "node:test";
import { root } from "../testing/dom";
import type { Source } from "./source";
import { drawRegistry } from "./views";

test("a model that is gone is said to be, and is no empty registry", async () => {
  const empty = { schema: 1, models: [], total: 0, model: null };
  const source: Source = { ask: async () => empty as never, follow: () => () => {} };
  await assert.rejects(drawRegistry(root(), source, { name: "churn" }), /no model 'churn'/);
  const drawn = await drawRegistry(root(), source, { name: null });
  drawn.dispose();
});
