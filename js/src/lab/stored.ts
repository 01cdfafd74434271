/** Cards and curves of stored runs, from the server extension: for outputs whose kernel is gone, or has not loaded trackbook. */
import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";
import type { Card } from "../bridge/card";
import type { CurvePiece } from "../bridge/payloads";

/** The card of a run, from the store of the project that the notebook belongs to; null where there is none to be had. */
export async function storedCard(run_id: string, notebookPath: string): Promise<Card | null> {
  return get<Card>(run_id, "", [["path", notebookPath]]);
}

/** Its curves, down-sampled; none where they are not to be had. */
export async function storedCurves(
  run_id: string,
  notebookPath: string,
  keys: readonly string[],
  buckets: number,
): Promise<CurvePiece[]> {
  const wanted = keys.map((key): [string, string] => ["key", key]);
  const found = await get<CurvePiece[]>(run_id, "curves", [
    ["path", notebookPath],
    ["buckets", String(buckets)],
    ...wanted,
  ]);
  return found ?? [];
}

async function get<T>(run_id: string, part: string, query: [string, string][]): Promise<T | null> {
  const settings = ServerConnection.makeSettings();
  const url = URLExt.join(settings.baseUrl, "trackbook/api/cards", encodeURIComponent(run_id), part);
  try {
    const response = await ServerConnection.makeRequest(`${url}?${new URLSearchParams(query)}`, {}, settings);
    return response.ok ? ((await response.json()) as T) : null;
  } catch {
    return null; // no server extension, no network: the static view stays
  }
}
