/**
 * Views that no kernel feeds, drawn from the store by the server extension: in tabs of their own, and in the outputs of a
 * notebook whose kernel is gone, or has not loaded trackbook.  They read; what changes something needs a kernel.
 */
import type { Card } from "../bridge/card";
import type { CompareState } from "../bridge/compare";
import type { LabTable } from "../bridge/lab";
import type { CompareMethods } from "../bridge/methods";
import type { CurvePiece } from "../bridge/payloads";
import type { RegistryState } from "../bridge/registry";
import { type Standby, serverOf } from "../bridge/standby";
import type { AskTable, RowsParams, RowsResult } from "../bridge/table";
import { cardView } from "../views/card/index";
import { compareView } from "../views/compare/index";
import { registryView } from "../views/registry/index";
import { tableView } from "../views/table/index";
import type { Connection } from "../views/view";
import { ask, read } from "./server";
import { options } from "./settings";

export interface Drawn {
  connection(connection: Connection): void;
  dispose(): void;
  /** of a card: its run goes on no more */
  ended?: boolean;
}

type About = Standby["about"];
type Drawing = (place: HTMLElement, path: string, about: About) => Promise<Drawn>;

/** By the view's name; the notebook's path tells the server which store. */
export const DRAWINGS: Readonly<Record<string, Drawing>> = {
  card: drawCard,
  table: drawTable,
  compare: drawComparison,
  registry: drawRegistry,
};

const EVERYTHING: RowsParams = { filter: "", order_by: [], view: "active", offset: 0, limit: 1, columns: [] };

/** Puts questions about one thing to a route. */
function asker(route: string, path: string, about: About) {
  return <T>(method: string, params: object): Promise<T> => ask<T>(route, { path }, { ...about, method, params });
}

async function drawCard(place: HTMLElement, path: string, about: About): Promise<Drawn> {
  const put = asker("card", path, about);
  const card = await put<Card>("card", {});
  const view = cardView(place, card, {
    curves: (keys, buckets) => put<CurvePiece[]>("curves", { keys, buckets }),
    preview: (path) => put("preview", { path }),
    notebook: async (path) => (await put<{ text: string }>("notebook", { path })).text,
    openNotebook: async (name, text) => (await serverOf(place)?.openNotebook(name, text)) ?? null,
  });
  return { ...bare(view), ended: card.run.end_ms !== null };
}

export async function drawComparison(place: HTMLElement, path: string, about: About): Promise<Drawn> {
  const put = asker("compare", path, about);
  const typed = <K extends keyof CompareMethods>(method: K, params: CompareMethods[K]["params"]) =>
    put<CompareMethods[K]["result"]>(method, params);
  const state: CompareState = await typed("state", {});
  return bare(
    compareView(place, state, {
      onlyDifferences: true,
      baseline: (baseline) => typed("state", { baseline }),
      diff: (what) => typed("diff", { what }),
      curves: (params) => typed("curves", params),
      image: (run_id, path) => typed("image", { run_id, path }),
    }),
  );
}

async function drawRegistry(place: HTMLElement, path: string, about: About): Promise<Drawn> {
  const put = asker("registry", path, about);
  const name = about.name ?? null;
  const view = registryView(place, await put<RegistryState>("state", { name }), { ask: put });
  return bare(view);
}

export async function drawTable(place: HTMLElement, path: string, about: About): Promise<Drawn> {
  const put = asker("table", path, about);
  const { table, baseline } = await put<LabTable>("state", {});
  const { group_by = [] } = (about.begin ?? {}) as { group_by?: string[] };
  let inSight: RowsParams = { ...EVERYTHING, ...rowsOf(table), limit: table.rows.length };
  const answer = async (method: string, params: object) => {
    // A comparison needs no widget of a kernel's: its runs are what it is known by.
    if (method === "compare") return JSON.stringify((params as { run_ids: string[] }).run_ids);
    if (method === "rows" && !("group" in params)) inSight = params as RowsParams;
    return put(method, params);
  };
  let comparison: Drawn | null = null;
  const view = tableView(
    place,
    table,
    [],
    { group_by, baseline },
    {},
    {
      ask: answer as AskTable,
      onSelect: () => {},
      onQuery: () => {},
      onSetting: () => {},
      onLooks: () => {},
      showWidget: async (run_ids, inside) => {
        comparison?.dispose();
        comparison = await drawComparison(inside, path, { store: about.store, run_ids: JSON.parse(run_ids) });
        return true;
      },
    },
  );
  const stop = await following(path, place, async () => {
    const asked = inSight;
    const { total, rows } = await put<RowsResult>("rows", asked);
    const unfiltered = asked.filter === "" ? total : (await put<RowsResult>("rows", EVERYTHING)).total;
    view.push({ kind: "rows", ...asked, total, unfiltered, rows });
  });
  return {
    connection: (connection) => view.connection(connection),
    dispose() {
      stop();
      comparison?.dispose();
      view.dispose();
    },
  };
}

const rowsOf = ({ filter, order_by, columns }: LabTable["table"]) => ({ filter, order_by, columns });

/** Only what was asked for last is read again, where the store has changed: scroll, order and selection stay. */
async function following(path: string, place: HTMLElement, renew: () => Promise<void>): Promise<() => void> {
  let known = (await read("runs", { path }).catch(() => null))?.etag ?? null;
  const look = async () => {
    const { value, etag } = await read("runs", { path }, known);
    known = etag;
    if (value !== null) await renew();
  };
  const refreshing = setInterval(() => {
    if (document.visibilityState === "visible" && place.offsetParent !== null) void look().catch(() => {});
  }, options.refreshSeconds * 1000);
  return () => clearInterval(refreshing);
}

function bare(view: Drawn): Drawn {
  return { connection: (connection) => view.connection(connection), dispose: () => view.dispose() };
}
