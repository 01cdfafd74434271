/**
 * What is known of a notebook's kernel: whether it has trackbook, and what it records.
 *
 * The kernel says so when trackbook is loaded, and when `%track` changes it.  A page that was loaded again has not heard
 * it: what was heard is kept in the browser, by the kernel's id, until the kernel is restarted.
 */
import type { ISessionContext } from "@jupyterlab/apputils";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { KernelMessage } from "@jupyterlab/services";
import { Signal } from "@lumino/signaling";
import type { Recording } from "../bridge/lab";
import { type Kernel, MISSING } from "../lib/labruns";
import { COMM_TARGET } from "./names";

const KEY = "trackbook.kernels";
/** Kernels that are remembered: those heard last. */
const MOST = 50;
const RECORDS: readonly string[] = ["cells", "trainings", "tracked"];

interface Heard {
  records: Recording["records"] | "missing";
  version: string | null;
}

export class KernelWatch {
  readonly changed = new Signal<this, void>(this);

  constructor(private readonly context: ISessionContext) {
    context.iopubMessage.connect(this.onMessage, this);
    context.statusChanged.connect(this.onStatus, this);
    context.kernelChanged.connect(() => this.changed.emit());
  }

  get state(): Kernel {
    return this.id === undefined ? "none" : (this.heard()?.records ?? "unknown");
  }

  get version(): string | null {
    return this.heard()?.version ?? null;
  }

  /** What keeps the kernel from recording, and what to do; null for nothing. */
  get problem(): string | null {
    return this.state === "missing" ? MISSING : null;
  }

  private get id(): string | undefined {
    return this.context.session?.kernel?.id;
  }

  private onMessage(_context: unknown, { header, content }: KernelMessage.IMessage): void {
    if (header.msg_type === "error") {
      const { ename, evalue } = content as { ename?: string; evalue?: string };
      if (ename === "ModuleNotFoundError" && evalue === "No module named 'trackbook'") {
        this.keep({ records: "missing", version: null });
      }
      return;
    }
    if (header.msg_type !== "comm_msg") return;
    const { comm_id, data } = content as { comm_id?: string; data?: Partial<Recording> };
    if (comm_id !== COMM_TARGET) return;
    if (data?.kind === "recording" && RECORDS.includes(String(data.records))) {
      this.keep({ records: data.records as Recording["records"], version: String(data.version) });
    } else if (this.state === "unknown") {
      this.keep({ records: "cells", version: null }); // it speaks, so it has trackbook
    }
  }

  private onStatus(_context: ISessionContext, status: string): void {
    if (["restarting", "autorestarting", "dead"].includes(status)) this.keep(null);
    if (status !== "idle" && status !== "busy") this.changed.emit();
  }

  private heard(): Heard | null {
    return this.id === undefined ? null : (remembered().get(this.id) ?? null);
  }

  private keep(heard: Heard | null): void {
    const kernels = remembered();
    if (this.id !== undefined) {
      kernels.delete(this.id);
      if (heard !== null) kernels.set(this.id, heard);
      localStorage.setItem(KEY, JSON.stringify([...kernels].slice(-MOST)));
    }
    this.changed.emit();
  }
}

function remembered(): Map<string, Heard> {
  try {
    return new Map(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
  } catch {
    return new Map(); // of another version
  }
}

const watches = new WeakMap<NotebookPanel, KernelWatch>();

export function kernelOf(panel: NotebookPanel): KernelWatch {
  let found = watches.get(panel);
  if (found === undefined) {
    found = new KernelWatch(panel.sessionContext);
    watches.set(panel, found);
  }
  return found;
}
