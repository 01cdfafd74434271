/**
 * Keeps the runs of a notebook, as the server tells them: asked for again while the page and the notebook are visible,
 * and soon after the kernel has done something.  An ETag makes most of these questions empty.
 */
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { KernelMessage } from "@jupyterlab/services";
import { Signal } from "@lumino/signaling";
import type { LabRuns } from "../bridge/lab";
import { RequestFailed } from "../bridge/requests";
import { messageOf } from "../views/view";
import { NO_EXTENSION, read } from "./server";
import { options } from "./settings";

/** After a kernel's message: its recorder has written by then, a second time what it does after the cell. */
const SOON_MS = [400, 2_500];
/** So many turns are left out without the server extension, and where there is no run: the kernel's messages ask, too. */
const RARELY = 12;

export class Follower {
  readonly changed = new Signal<this, void>(this);
  runs: LabRuns | null = null;
  problem: string | null = null;
  private etag: string | null = null;
  private path: string;
  private isAsking = false;
  private skip = 0;
  private poll: ReturnType<typeof setInterval> | undefined;
  private soon: ReturnType<typeof setTimeout>[] = [];

  constructor(private readonly panel: NotebookPanel) {
    this.path = panel.context.path;
    panel.sessionContext.iopubMessage.connect(this.onMessage, this);
    panel.context.pathChanged.connect(() => this.refresh());
    options.changed.connect(this.wind, this);
    document.addEventListener("visibilitychange", this.onVisible);
    panel.disposed.connect(() => this.dispose());
    this.wind();
    void panel.revealed.then(() => this.refresh());
  }

  async refresh(): Promise<void> {
    if (this.isAsking || this.panel.isDisposed) return;
    this.isAsking = true;
    const { path } = this.panel.context;
    if (path !== this.path) {
      this.path = path;
      this.etag = null;
    }
    try {
      const { value, etag } = await read<LabRuns>("runs", { path }, this.etag);
      this.etag = etag;
      this.set(value ?? this.runs, null);
      if (this.runs?.total === 0) this.skip = RARELY;
    } catch (error) {
      this.etag = null;
      if (error instanceof RequestFailed && error.type === NO_EXTENSION) this.skip = RARELY;
      // A project without runs has no home yet.
      if (error instanceof RequestFailed && error.type === "NotFound") this.set(nothing(path), null);
      else this.set(this.runs, messageOf(error));
    } finally {
      this.isAsking = false;
    }
  }

  private set(runs: LabRuns | null, problem: string | null): void {
    const changed = runs !== this.runs || problem !== this.problem;
    this.runs = runs;
    this.problem = problem;
    if (changed) this.changed.emit();
  }

  private wind(): void {
    clearInterval(this.poll);
    this.poll = setInterval(() => this.tick(), options.refreshSeconds * 1000);
  }

  private tick(): void {
    if (this.skip > 0) this.skip -= 1;
    else if (document.visibilityState === "visible" && this.panel.isVisible) void this.refresh();
  }

  private readonly onVisible = () => {
    if (document.visibilityState === "visible" && this.panel.isVisible) void this.refresh();
  };

  private onMessage(_context: unknown, { header, content }: KernelMessage.IMessage): void {
    const { execution_state } = content as { execution_state?: string };
    const isEnd = header.msg_type === "status" && execution_state === "idle";
    if (!isEnd && header.msg_type !== "display_data" && header.msg_type !== "update_display_data") return;
    for (const timer of this.soon) clearTimeout(timer);
    this.soon = SOON_MS.map((wait) => setTimeout(() => void this.refresh(), wait));
  }

  private dispose(): void {
    clearInterval(this.poll);
    for (const timer of this.soon) clearTimeout(timer);
    options.changed.disconnect(this.wind, this);
    document.removeEventListener("visibilitychange", this.onVisible);
    Signal.clearData(this);
  }
}

function nothing(notebook: string): LabRuns {
  return { schema: 1, version: "", notebook, experiment: null, total: 0, runs: [], lines: [] };
}

const followers = new WeakMap<NotebookPanel, Follower>();

/** One for each open notebook, however many ask. */
export function followerOf(panel: NotebookPanel): Follower {
  let found = followers.get(panel);
  if (found === undefined) {
    found = new Follower(panel);
    followers.set(panel, found);
  }
  return found;
}
