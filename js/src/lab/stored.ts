/** Cards of stored runs, from the server extension: for outputs whose kernel is gone, or has not loaded trackbook. */
import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";
import type { Card } from "../bridge/payloads";

/** The card of a run, from the store of the project that the notebook belongs to; null where there is none to be had. */
export async function storedCard(run_id: string, notebookPath: string): Promise<Card | null> {
  const settings = ServerConnection.makeSettings();
  const url = URLExt.join(settings.baseUrl, "trackbook/api/cards", encodeURIComponent(run_id));
  try {
    const query = URLExt.objectToQueryString({ path: notebookPath });
    const response = await ServerConnection.makeRequest(`${url}${query}`, {}, settings);
    return response.ok ? ((await response.json()) as Card) : null;
  } catch {
    return null; // no server extension, no network: the static view stays
  }
}
