/** What every view is: something drawn into an element from data, that can be drawn anew and taken away. */

export interface View<T> {
  update(data: T): void;
  dispose(): void;
}

/** How the view stands to whoever answers its questions. */
export type Connection =
  | { state: "live" }
  /** a question is under way for longer than usual */
  | { state: "busy" }
  /** nobody answers any more; `message` says what is shown instead */
  | { state: "offline"; message: string };

/** An error as people read it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
