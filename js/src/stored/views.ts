/**
 * Views that no kernel feeds, drawn from a store: what each host can be asked comes from a `Source`, and `more` is what
 * the place in which it stands adds (what changes something, where that may be done; addresses; where widgets open).
 */
import type { Card } from "../bridge/card";
import type { CompareState } from "../bridge/compare";
import type { LabTable } from "../bridge/lab";
import type { CompareMethods } from "../bridge/methods";
import type { CurvePiece } from "../bridge/payloads";
import type { RegistryState } from "../bridge/registry";
import { RequestFailed } from "../bridge/requests";
import type { AskTable, RowsParams, RowsResult, TableState } from "../bridge/table";
import type { CardHost } from "../views/card/host";
import { cardView } from "../views/card/index";
import { type CompareHost, compareView } from "../views/compare/index";
import type { RegistryHost } from "../views/registry/host";
import { registryView } from "../views/registry/index";
import type { TableHost } from "../views/table/host";
import { tableView } from "../views/table/index";
import type { Connection } from "../views/view";
import { OwnColumns } from "./owncolumns";
import { type About, asker, type Source } from "./source";

export interface Drawn {
  connection(connection: Connection): void;
  dispose(): void;
  /** of a card: its run goes on no more */
  ended?: boolean;
  /** of a card: reads it again */
  renew?(): Promise<void>;
}

const EVERYTHING: RowsParams = { filter: "", order_by: [], view: "active", offset: 0, limit: 1, columns: [] };

export interface CardBeginning {
  /** follows what the store has of the run */
  live?: boolean;
  /** more of the host that follows from whose card it is */
  onBegin?(card: Card): CardHost;
  /** hears of each card that comes */
  onCard?(card: Card): void;
}

export async function drawCard(
  place: HTMLElement,
  source: Source,
  about: About,
  { live = false, onCard, onBegin, ...more }: Partial<CardHost> & CardBeginning = {},
): Promise<Drawn> {
  const put = asker(source, "card", about);
  let card = await put<Card>("card", {});
  onCard?.(card);
  const view = cardView(place, card, {
    curves: (keys, buckets) => put<CurvePiece[]>("curves", { keys, buckets }),
    preview: (path) => put("preview", { path }),
    notebook: async (path) => (await put<{ text: string }>("notebook", { path })).text,
    ...more,
    ...onBegin?.(card),
  });
  const renew = async () => {
    card = await put<Card>("card", {});
    view.update(card);
    onCard?.(card);
  };
  const ended = card.run.end_ms !== null;
  return { ...held(view, live ? source.follow(place, renew) : undefined), ended, renew };
}

export async function drawComparison(
  place: HTMLElement,
  source: Source,
  about: About,
  { onFirst, ...more }: Partial<CompareHost> & { onFirst?(state: CompareState): void } = {},
): Promise<Drawn> {
  const put = asker(source, "compare", about);
  const typed = <K extends keyof CompareMethods>(method: K, params: CompareMethods[K]["params"]) =>
    put<CompareMethods[K]["result"]>(method, params);
  const state: CompareState = await typed("state", {});
  onFirst?.(state);
  return held(
    compareView(place, state, {
      onlyDifferences: true,
      baseline: (baseline) => typed("state", { baseline }),
      diff: (what) => typed("diff", { what }),
      curves: (params) => typed("curves", params),
      image: (run_id, path) => typed("image", { run_id, path }),
      ...more,
    }),
  );
}

/** `live`: follows the registry; else it is read when it is drawn. */
export async function drawRegistry(
  place: HTMLElement,
  source: Source,
  about: About,
  { live = false, ...more }: Partial<RegistryHost> & { live?: boolean } = {},
): Promise<Drawn> {
  const put = asker(source, "registry", about);
  const state = await put<RegistryState>("state", { name: about.name ?? null });
  if (about.name != null && state.model === null)
    throw new RequestFailed({ type: "NotFound", message: `no model '${about.name}'` });
  const view = registryView(place, state, { ask: put, ...more });
  return held(view, live ? source.follow(place, async () => view.refresh()) : undefined);
}

export interface TableBeginning {
  selected?: readonly string[];
  /** hears what the table begins with */
  onFirst?(table: TableState): void;
  /** hears of the columns where new metrics have come to them */
  onColumns?(columns: string[]): void;
}

export async function drawTable(
  place: HTMLElement,
  source: Source,
  about: About,
  { selected = [], onFirst, onColumns, ...more }: Partial<TableHost> & TableBeginning = {},
): Promise<Drawn> {
  const put = asker(source, "table", about);
  const { table, baseline } = await put<LabTable>("state", {});
  onFirst?.(table);
  const { group_by = [], columns } = (about.begin ?? {}) as { group_by?: string[]; columns?: string[] };
  const own = new OwnColumns(columns?.length ? null : table.columns, {
    columns: () => put("columns", {}),
    state: async () => (await put<LabTable>("state", {})).table,
  });
  void own.begin().catch(() => {}); // without, the columns stay
  let inSight: RowsParams = { ...EVERYTHING, ...rowsOf(table), limit: table.rows.length };
  const other = (more.ask ?? put) as (method: string, params: object) => Promise<unknown>;
  const answer = async (method: string, params: object) => {
    // A comparison needs no widget of a kernel's: its runs are what it is known by.
    if (method === "compare") return JSON.stringify((params as { run_ids: string[] }).run_ids);
    if (method === "rows" && !("group" in params)) inSight = params as RowsParams;
    return other(method, params);
  };
  let comparison: Drawn | null = null;
  const view = tableView(
    place,
    table,
    selected,
    { group_by, baseline },
    {},
    {
      onSelect: () => {},
      onSetting: () => {},
      onLooks: () => {},
      showWidget: async (run_ids, inside) => {
        comparison?.dispose();
        comparison = await drawComparison(inside, source, { store: about.store, run_ids: JSON.parse(run_ids) });
        return true;
      },
      ...more,
      onQuery: (query) => {
        own.shown(query.columns);
        more.onQuery?.(query);
      },
      ask: answer as AskTable,
    },
  );
  // Only what was asked for last is read again: scroll, order and selection stay.
  const stop = source.follow(place, async () => {
    const renewed = await own.renewed();
    if (renewed !== null) {
      onColumns?.(renewed);
      view.query({ columns: renewed });
      inSight = { ...inSight, columns: [...new Set([...inSight.columns, ...renewed])] };
    }
    const asked = inSight;
    const { total, rows } = await put<RowsResult>("rows", asked);
    const unfiltered = asked.filter === "" ? total : (await put<RowsResult>("rows", EVERYTHING)).total;
    view.push({ kind: "rows", ...asked, total, unfiltered, rows });
  });
  return held(view, () => {
    stop();
    comparison?.dispose();
  });
}

const rowsOf = ({ filter, order_by, columns }: LabTable["table"]) => ({ filter, order_by, columns });

function held(view: Drawn, stop: () => void = () => {}): Drawn {
  return {
    connection: (connection) => view.connection(connection),
    dispose() {
      stop();
      view.dispose();
    },
  };
}
