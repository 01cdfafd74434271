import assert from "node:assert/strict";
import { test } from "node:test";
import { type Place, pathOf, placeOf } from "./pages";

const PLACES: Place[] = [
  { view: "experiments" },
  { view: "table", experiment_id: null, setting: {} },
  {
    view: "table",
    experiment_id: "7",
    setting: {
      filter: "metrics.`a b` > 0.5 AND tags.x = 'ü&#?/'",
      order_by: [
        { key: "metrics.loss", desc: true },
        { key: "params.C", desc: false },
      ],
      columns: ["params.C", "metrics.`a,b`"],
      group_by: ["params.C"],
    },
  },
  { view: "run", run_id: "a".repeat(32) },
  { view: "compare", run_ids: ["a", "b"] },
  { view: "registry", name: null },
  { view: "registry", name: "team a/churn?#%" },
];

test("every place has an address that leads back to it", () => {
  for (const place of PLACES) assert.deepEqual(placeOf(pathOf(place)), place);
});

test("addresses that MLflow's client prints lead to the run, the experiment and the model", () => {
  assert.deepEqual(placeOf("/#/experiments/3/runs/abc"), { view: "run", run_id: "abc" });
  assert.deepEqual(placeOf("/#/experiments/3"), { view: "table", experiment_id: "3", setting: {} });
  assert.deepEqual(placeOf("/#/models/churn/versions/2"), { view: "registry", name: "churn" });
});

test("an address of nothing is nowhere, and one that is broken is no error", () => {
  assert.deepEqual(placeOf("/else"), { view: "nowhere" });
  assert.deepEqual(placeOf("/runs/%E0%A4%A"), { view: "run", run_id: "%E0%A4%A" });
});
