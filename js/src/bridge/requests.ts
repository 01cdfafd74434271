/**
 * Questions to the kernel over custom messages: `{kind: "request", id, method, params}` is answered by
 * `{kind: "response", id, result | error}`, in any order, perhaps late (a busy kernel without subshells answers when its
 * cell has ended, and meanwhile somebody else may have been asked).  Several views of one model share its messages: each knows its own ids and leaves the others alone.
 */
import type { Model } from "./model";
import { listen } from "./model";
import type { RequestError, Response } from "./payloads";

/** The kernel's refusal, or none at all ("Timeout", "Disconnected"). */
export class RequestFailed extends Error {
  readonly type: string;
  readonly position: number | null;
  readonly expected: string;
  readonly hint: string;
  readonly remedy: string;

  constructor(error: RequestError) {
    super(error.message);
    this.name = "RequestFailed";
    this.type = error.type;
    this.position = error.position ?? null;
    this.expected = error.expected ?? "";
    this.hint = error.hint ?? "";
    this.remedy = error.remedy ?? "";
  }
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: RequestFailed): void;
  timers: ReturnType<typeof setTimeout>[];
}

export interface RequestOptions {
  /** after which a question is given up */
  timeout_ms: number;
  /** after which a question counts as slow */
  slow_ms: number;
  /** answers in the kernel's place, where it gave no answer within `otherwise_ms`; null for what it cannot */
  otherwise: (method: string, params: unknown) => Promise<unknown> | null;
  otherwise_ms: number;
  /** called when the first question becomes slow (true) and when none is under way any more (false) */
  onSlow: (slow: boolean) => void;
}

const NOBODY = { otherwise: () => null, otherwise_ms: 300 };

type Methods<M> = { [K in keyof M]: { params: unknown; result: unknown } };

export class Requests<M extends Methods<M>> {
  private readonly waiting = new Map<string, Waiting>();
  private readonly prefix = Math.random().toString(36).slice(2, 10);
  private readonly options: RequestOptions;
  private readonly stop: () => void;
  private count = 0;
  private slowTimer: ReturnType<typeof setTimeout> | undefined;
  private slow = false;

  constructor(
    private readonly model: Pick<Model<object>, "send" | "on" | "off">,
    options: Partial<RequestOptions> = {},
  ) {
    this.options = { timeout_ms: 120_000, slow_ms: 1_500, onSlow: () => {}, ...NOBODY, ...options };
    this.stop = listen(model as Model<object>, "msg:custom", (message: unknown) => this.receive(message));
  }

  ask<K extends keyof M & string>(
    method: K,
    params: M[K]["params"],
    { otherwise_ms }: Pick<RequestOptions, "otherwise_ms"> = this.options,
  ): Promise<M[K]["result"]> {
    this.count += 1;
    const id = `${this.prefix}-${this.count}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(id, timedOut(method, this.options.timeout_ms)), this.options.timeout_ms);
      const elsewhere = setTimeout(() => this.askElsewhere(id, method, params), otherwise_ms);
      this.waiting.set(id, { resolve, reject, timers: [timer, elsewhere] });
      this.slowTimer ??= setTimeout(() => this.setSlow(true), this.options.slow_ms);
      try {
        this.model.send({ kind: "request", id, method, params });
      } catch {
        clearTimeout(elsewhere);
        this.unsent(id, method, params);
      }
    });
  }

  /** Gives up everything that is under way, and all that comes later. */
  dispose(): void {
    this.stop();
    this.abandon("The view was closed.");
  }

  /** The kernel is gone: nobody will answer what is under way. */
  abandon(message: string): void {
    for (const id of [...this.waiting.keys()]) this.fail(id, { type: "Disconnected", message });
  }

  /** Without a kernel it is the other one's to answer. */
  private unsent(id: string, method: string, params: unknown): void {
    const gone: RequestError = {
      type: "Disconnected",
      message: "There is no kernel: start one, and run the cell again.",
    };
    const answer = this.options.otherwise(method, params);
    if (answer === null) this.fail(id, gone);
    else
      void answer.then(
        (result) => this.take(id)?.resolve(result),
        (error: unknown) => (error instanceof RequestFailed ? this.take(id)?.reject(error) : this.fail(id, gone)),
      );
  }

  /** Who answers first is heard; a refusal only where the kernel would say the same. */
  private askElsewhere(id: string, method: string, params: unknown): void {
    void this.options.otherwise(method, params)?.then(
      (result) => this.take(id)?.resolve(result),
      (error: unknown) => {
        if (error instanceof RequestFailed && error.type === "FilterSyntaxError") this.take(id)?.reject(error);
      },
    );
  }

  private receive(message: unknown): void {
    if (!isResponse(message)) return;
    const waiting = this.take(message.id);
    if (waiting === undefined) return;
    if (message.error) waiting.reject(new RequestFailed(message.error));
    else waiting.resolve(message.result);
  }

  private fail(id: string, error: RequestError): void {
    this.take(id)?.reject(new RequestFailed(error));
  }

  private take(id: string): Waiting | undefined {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return undefined;
    for (const timer of waiting.timers) clearTimeout(timer);
    this.waiting.delete(id);
    if (this.waiting.size === 0) {
      clearTimeout(this.slowTimer);
      this.slowTimer = undefined;
      this.setSlow(false);
    }
    return waiting;
  }

  private setSlow(slow: boolean): void {
    if (slow === this.slow) return;
    this.slow = slow;
    this.options.onSlow(slow);
  }
}

function isResponse(message: unknown): message is Response {
  return typeof message === "object" && message !== null && (message as Response).kind === "response";
}

function timedOut(method: string, timeout_ms: number): RequestError {
  const seconds = Math.round(timeout_ms / 1000);
  return {
    type: "Timeout",
    message: `The kernel gave no answer to "${method}" within ${seconds} s. It may be busy: try again.`,
  };
}
