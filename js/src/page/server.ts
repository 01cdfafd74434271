/** The server as the source of what the page shows: questions over HTTP, and whether something has changed. */
import type { PageMark } from "../bridge/page";
import type { RequestError } from "../bridge/payloads";
import { RequestFailed } from "../bridge/requests";
import type { About, Source } from "../stored/source";

const LOOK_MS = 1500;
/** Where nothing tells cheaply that something has changed. */
const BLIND_MS = 5000;
/** How many times as long as a look took the next one waits: a busy server is asked less. */
const REST = 10;
const SIGN_IN = "/sign-in";

/** Throws `RequestFailed`. */
export async function read<T>(name: string): Promise<T> {
  return request<T>(`/page/${name}`, {});
}

async function ask<T>(view: string, about: About, method: string, params: object): Promise<T> {
  const body = JSON.stringify({ ...params, ...about });
  const headers = { "content-type": "application/json" };
  return request<T>(`/page/${view}/${method}`, { method: "POST", headers, body });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: "same-origin" });
  } catch {
    throw new RequestFailed({ type: "Disconnected", message: "The server cannot be reached." });
  }
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401) {
    signIn();
    await new Promise(() => {}); // the page is on its way elsewhere
  }
  throw new RequestFailed(await refusal(response));
}

/** There, and back to where we are. */
export function signIn(): void {
  const { pathname, search } = location;
  location.replace(`${SIGN_IN}?next=${encodeURIComponent(pathname + search)}`);
}

async function refusal(response: Response): Promise<RequestError> {
  const body = (await response.json().catch(() => null)) as Told | null;
  if (typeof body?.message !== "string")
    return { type: "Refused", message: `The server answered with status ${response.status}.` };
  return { ...body.details, type: body.kind ?? body.error_code ?? "Refused", message: body.message };
}

interface Told {
  error_code?: string;
  kind?: string;
  message: string;
  details?: Omit<RequestError, "type" | "message">;
}

interface Follower {
  place: HTMLElement;
  renew(): Promise<void>;
  /** the mark of what it shows */
  mark: string | null;
}

/** One look for all views of the page; a page that nobody sees looks at nothing. */
class Following {
  private readonly followers = new Set<Follower>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private mark: string | null = null;

  constructor(private readonly onReached: (reached: boolean) => void) {
    document.addEventListener("visibilitychange", () => this.plan(0));
  }

  add(place: HTMLElement, renew: () => Promise<void>): () => void {
    const follower = { place, renew, mark: this.mark };
    this.followers.add(follower);
    this.plan(LOOK_MS);
    return () => {
      this.followers.delete(follower);
    };
  }

  private plan(after_ms: number): void {
    clearTimeout(this.timer);
    if (this.followers.size === 0 || document.visibilityState !== "visible") return;
    this.timer = setTimeout(() => void this.look(), after_ms);
  }

  private async look(): Promise<void> {
    const start = performance.now();
    let blind = false;
    try {
      const { mark } = await read<PageMark>("mark");
      this.mark = mark;
      blind = mark === null;
      for (const one of [...this.followers]) {
        if (!one.place.isConnected || (mark !== null && one.mark === mark)) continue;
        one.mark = mark;
        await one.renew();
      }
      this.onReached(true);
    } catch (error) {
      this.onReached(!(error instanceof RequestFailed && error.type === "Disconnected"));
    }
    this.plan(Math.max(blind ? BLIND_MS : LOOK_MS, REST * (performance.now() - start)));
  }
}

/** `onReached` hears with each look whether the server answers. */
export function serverSource(onReached: (reached: boolean) => void): Source {
  const following = new Following(onReached);
  return { ask, follow: (place, renew) => following.add(place, renew) };
}
