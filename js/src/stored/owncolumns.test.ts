import assert from "node:assert/strict";
import { test } from "node:test";
import type { Column, TableState } from "../bridge/table";
import { OwnColumns } from "./owncolumns";

const metric = (label: string): Column => ({ key: `metrics.${label}`, kind: "metric", label, runs: 1 });

function ownOf(own: string[] | null, there: Column[], columns: string[] = []) {
  return new OwnColumns(own, { columns: async () => there, state: async () => ({ columns }) as unknown as TableState });
}

test("a metric that first appears comes behind those there are, once, and the machine's do not", async () => {
  const there = [metric("acc")];
  const own = ownOf(["metrics.acc", "params.C"], there);
  await own.begin();
  assert.equal(await own.renewed(), null);
  there.push(metric("loss"), metric("system/cpu"));
  assert.deepEqual(await own.renewed(), ["metrics.acc", "metrics.loss", "params.C"]);
  assert.equal(await own.renewed(), null);
  there.push(...Array.from({ length: 9 }, (_, i) => metric(`m${i}`)));
  assert.equal((await own.renewed())?.length, 9);
});

test("columns that somebody chose stay, and those of runs without results are chosen anew", async () => {
  const there: Column[] = [];
  const [chosen, changed, empty] = [
    ownOf(null, there),
    ownOf([], there),
    ownOf([], there, ["metrics.acc", "params.C"]),
  ];
  for (const own of [chosen, changed, empty]) await own.begin();
  changed.shown(["params.C"]);
  there.push(metric("acc"));
  assert.deepEqual(
    [await chosen.renewed(), await changed.renewed(), await empty.renewed()],
    [null, null, ["metrics.acc", "params.C"]],
  );
});
