/** A model without a kernel, for tests and the harness: remembers what was sent and answers as it is told. */
import type { Model } from "./model";
import type { RequestError } from "./payloads";

type Callback = (...args: never[]) => void;
export type Answer = (method: string, params: Record<string, unknown>) => unknown;

export class Refusal extends Error {
  constructor(readonly error: RequestError) {
    super(error.message);
  }
}

export class FakeModel<T extends object> implements Model<T> {
  readonly sent: Record<string, unknown>[] = [];
  readonly saved: Partial<T>[] = [];
  private readonly listeners = new Map<string, Set<Callback>>();
  private dirty: Partial<T> = {};

  constructor(
    private readonly traits: T,
    /** answers requests; a thrown `Refusal` becomes an error, a promise answers late */
    private readonly answer?: Answer,
  ) {}

  get<K extends keyof T & string>(name: K): T[K] {
    return this.traits[name];
  }

  set<K extends keyof T & string>(name: K, value: T[K]): void {
    if (this.traits[name] === value) return;
    this.traits[name] = value;
    this.dirty[name] = value;
    this.emit(`change:${name}`);
  }

  save_changes(): void {
    this.saved.push(this.dirty);
    this.dirty = {};
  }

  on(event: string, callback: Callback): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(callback));
  }

  off(event: string, callback: Callback): void {
    this.listeners.get(event)?.delete(callback);
  }

  listenerCount(): number {
    return [...this.listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }

  send(content: unknown): void {
    const message = content as Record<string, unknown>;
    this.sent.push(message);
    if (this.answer === undefined || message.kind !== "request") return;
    void this.respond(message, this.answer);
  }

  /** What Python pushes. */
  push(content: unknown): void {
    this.emit("msg:custom", content);
  }

  private async respond(message: Record<string, unknown>, answer: Answer): Promise<void> {
    const head = { kind: "response", id: message.id };
    await Promise.resolve();
    try {
      const result = await answer(String(message.method), message.params as Record<string, unknown>);
      this.push({ ...head, result });
    } catch (error) {
      const refusal = error instanceof Refusal ? error.error : { type: "Error", message: String(error) };
      this.push({ ...head, error: refusal });
    }
  }

  emit(event: string, ...args: unknown[]): void {
    for (const callback of [...(this.listeners.get(event) ?? [])]) (callback as (...args: unknown[]) => void)(...args);
  }
}
