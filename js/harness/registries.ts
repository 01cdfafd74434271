/** Registries of no, three and many versions, played without a kernel. */

import type { Answer } from "../src/bridge/fake";
import { Refusal } from "../src/bridge/fake";
import type { Effect, ModelDetail, ModelRow, RegistryState, VersionDetail, VersionRow } from "../src/bridge/registry";
import { bare } from "./cards";

const HOUR = 3_600_000;
const NOW = bare.run.start_ms + 72 * HOUR;
const BAD = '<script>alert(1)</script> <img src=x onerror="alert(2)"> שלום עולם\n'.repeat(9).slice(0, 500);

function versionRow(n: number, hostile: boolean, champion: number): VersionRow {
  return {
    version: String(n),
    aliases: n === champion ? ["champion"] : n === champion + 1 ? ["challenger", "shadow"] : [],
    stage: n === champion ? "Production" : n === champion + 1 ? "Staging" : n < champion ? "Archived" : "None",
    description: hostile ? BAD : n === champion ? "Trained on all of 2025; recall on the holdout is what counts." : "",
    tags: hostile ? [{ key: "k".repeat(240), value: BAD }] : n === champion ? [{ key: "validated", value: "yes" }] : [],
    created_ms: NOW - (40 - n) * HOUR,
    user: "ann",
    source: `runs:/run-${n}/model`,
    run: {
      ...bare.run,
      run_id: `3f2a91c0${n}d4e5`,
      name: hostile ? BAD : (["brave-otter-3", "gentle-heron-17", "swift-lynx-8"][n % 3] as string),
      status: "FINISHED",
    },
    cell: { line: "lesson.ipynb#svm", label: hostile ? BAD : "svm", named: true, version: n },
    metrics: hostile
      ? { [BAD]: "NaN", loss: 1e300 }
      : { accuracy: 0.931 + n / 300, f1: 0.912 + n / 400, "val/loss": 0.31 - n / 90 },
  };
}

export function registryOf(versions: number, open: boolean, hostile = false): RegistryState {
  const name = hostile ? BAD.slice(0, 256) : "breast-cancer";
  const champion = Math.max(1, versions - 1);
  const rows = Array.from({ length: versions }, (_, i) => versionRow(versions - i, hostile, champion));
  const best = rows.find((row) => row.version === String(champion));
  const aliases = rows.flatMap((row) => row.aliases.map((alias) => ({ alias, version: row.version })));
  const first: ModelRow = {
    name,
    description: hostile ? BAD : "Is a tumour malignant? From 30 measurements of a fine needle aspirate.",
    versions,
    latest: versions ? String(versions) : null,
    aliases,
    champion: best ? { version: best.version, how: "alias", metrics: best.metrics } : null,
    updated_ms: NOW - HOUR,
  };
  const effects: Effect[] = [
    { what: "alias champion", old: `v${champion - 1}`, new: `v${champion}` },
    { what: `stage of v${champion}`, old: "Staging", new: "Production" },
    { what: `stage of v${champion - 1}`, old: "Production", new: "Archived" },
    { what: `tag validated of v${champion}`, old: null, new: "yes" },
    { what: "alias shadow", old: `v${champion}`, new: null },
    { what: `version v${champion}`, old: null, new: `registered from runs:/run-${champion}/model` },
    { what: "model", old: null, new: "created" },
  ];
  const model: ModelDetail = {
    name,
    description: first.description,
    tags: hostile ? [{ key: BAD, value: BAD }] : [{ key: "team", value: "diagnostics" }],
    created_ms: NOW - 50 * HOUR,
    updated_ms: first.updated_ms,
    aliases,
    champion: first.champion,
    versions: { rows: rows.slice(0, 25), total: versions },
    audit: {
      rows: (versions ? effects : effects.slice(-1)).map((effect, i) => ({
        id: 90 - i,
        time_ms: NOW - i * 5 * HOUR,
        effect: hostile ? { what: BAD, old: BAD, new: BAD } : effect,
        user: hostile ? BAD : i % 2 ? "bob" : "ann",
        client: i % 3 ? "Python" : "registry view",
        place: "cell [7] of lesson.ipynb",
        reason: hostile ? BAD : i === 0 ? "Better recall on the holdout of March, at the same precision" : "",
      })),
      token: versions > 25 ? "70" : null,
    },
    seen: 90,
  };
  const others = ["churn", "demand-forecast-north", "price-elasticity"].map((other, i) => ({
    ...first,
    name: other,
    description: i === 1 ? "Weekly demand by warehouse" : "",
    versions: 3 * i + 1,
    aliases: i === 0 ? [] : [{ alias: "champion", version: String(i) }],
    champion: i === 0 ? null : { version: String(i), how: "alias" as const, metrics: { rmse: 12.4 / i } },
    updated_ms: NOW - i * 30 * HOUR,
  }));
  return {
    schema: 1,
    models: hostile ? [first] : [first, ...others],
    total: hostile ? 1 : 4,
    model: open ? model : null,
  };
}

export const emptyRegistry: RegistryState = { schema: 1, models: [], total: 0, model: null };

export function detailOf(model: ModelDetail, version: string): VersionDetail {
  const row = model.versions.rows.find((one) => one.version === version) as VersionRow;
  const best = model.champion?.metrics ?? {};
  const isChampion = model.champion?.version === version;
  return {
    row,
    champion: model.champion?.version ?? null,
    metrics: Object.entries(row.metrics).map(([key, value]) => ({
      key,
      value,
      champion: isChampion ? null : (best[key] ?? null),
      delta: isChampion || typeof value !== "number" ? null : value - Number(best[key]),
    })),
    inputs: ["wdbc.csv", "splits/train.parquet"].map((name) => ({
      name,
      digest: "9f86d081884c7d659a2feaa0c55ad015",
      size: 124_103,
      shape: [],
      seen: "opened",
      remark: "",
    })),
    notebook: "lesson.ipynb",
    copied_from: version === "1" ? ["breast-cancer-dev v7"] : [],
  };
}

/** Answers as Python would; `overtaken` refuses the first change. */
export function playRegistry(state: RegistryState, whole: ModelDetail, overtaken = false): Answer {
  let refuse = overtaken;
  return (method, params) => {
    const name = params.name as string | null;
    switch (method) {
      case "state":
        return { ...state, model: name === null ? null : { ...whole, name } };
      case "version":
        return detailOf(whole, String(params.version));
      case "versions":
        return whole.versions;
      case "audit":
        return { rows: whole.audit.rows.map((row) => ({ ...row, id: row.id - 50 })), token: null };
      case "runs":
        return [{ run: (whole.versions.rows[0] as VersionRow).run, paths: ["model"] }];
      case "plan": {
        if (params.alias === "v1") return { effects: [], notes: [], problem: "alias 'v1' cannot be used", seen: 90 };
        const old = refuse || !overtaken ? `v${whole.champion?.version}` : "v1";
        const effect = { what: `alias ${params.alias ?? "champion"}`, old, new: `v${params.version}` };
        return { effects: [effect], notes: [], problem: "", seen: 90 };
      }
      case "change":
        if (refuse) {
          refuse = false;
          const message = "registered model 'breast-cancer' was changed meanwhile by bob: look at it again";
          throw new Refusal({ type: "ChangedMeanwhile", message });
        }
        return { said: `alias ${params.alias}: v2 → v${params.version}`, state: { ...state, model: whole } };
      default:
        return null;
    }
  };
}
