/** Questions to trackbook's server extension, which answers from the store: without a kernel, and with a busy one. */
import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";
import type { RequestError } from "../bridge/payloads";
import { RequestFailed } from "../bridge/requests";

export const NO_EXTENSION = "NoServerExtension";
const WITHOUT =
  "The Jupyter server has no trackbook, or an older one. Install it where JupyterLab runs (pip install trackbook), then restart JupyterLab.";

export interface Answer<T> {
  /** null: what the page has is still true */
  value: T | null;
  etag: string | null;
}

type Query = Readonly<Record<string, string>>;

/** Throws `RequestFailed`: what the server refuses, "NoServerExtension", or "Disconnected". */
export async function read<T>(route: string, query: Query, etag: string | null = null): Promise<Answer<T>> {
  const headers = etag === null ? {} : { "If-None-Match": etag };
  const response = await request(route, query, { headers, cache: "no-cache" });
  if (response.status === 304) return { value: null, etag };
  return { value: (await response.json()) as T, etag: response.headers.get("Etag") };
}

/** Throws as `read` does. */
export async function ask<T>(route: string, query: Query, question: object): Promise<T> {
  const response = await request(route, query, { method: "POST", body: JSON.stringify(question) });
  return (await response.json()) as T;
}

async function request(route: string, query: Query, init: RequestInit): Promise<Response> {
  const settings = ServerConnection.makeSettings();
  const url = `${URLExt.join(settings.baseUrl, "trackbook/api", route)}?${new URLSearchParams(query)}`;
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch {
    throw new RequestFailed({ type: "Disconnected", message: "The Jupyter server cannot be reached." });
  }
  if (response.ok || response.status === 304) return response;
  throw new RequestFailed(await refusal(response));
}

async function refusal(response: Response): Promise<RequestError> {
  const body: unknown = await response.json().catch(() => null);
  const { error } = (body ?? {}) as { error?: RequestError };
  if (typeof error?.message === "string") return error;
  if (response.status === 404) return { type: NO_EXTENSION, message: WITHOUT };
  return { type: "Refused", message: `The Jupyter server answered with status ${response.status}.` };
}
