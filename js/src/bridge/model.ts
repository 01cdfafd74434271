/**
 * The part of an anywidget model that the glue uses, typed by its traits.
 * Small on purpose: a page without a kernel, marimo and the tests bring their own in a few lines.
 */

export interface Model<T extends object> {
  get<K extends keyof T & string>(name: K): T[K];
  set<K extends keyof T & string>(name: K, value: T[K]): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
}

/** Listens to an event; the returned function stops it. */
export function listen<T extends object>(
  model: Model<T>,
  event: string,
  callback: (...args: never[]) => void,
): () => void {
  model.on(event, callback);
  return () => model.off(event, callback);
}

/** Calls back when a trait has changed, with its new value. */
export function watch<T extends object, K extends keyof T & string>(
  model: Model<T>,
  name: K,
  callback: (value: T[K]) => void,
): () => void {
  return listen(model, `change:${name}`, () => callback(model.get(name)));
}

/** Sets traits and sends them to Python in one message. */
export function write<T extends object>(model: Model<T>, values: Partial<T>): void {
  for (const [name, value] of Object.entries(values)) {
    model.set(name as keyof T & string, value as T[keyof T & string]);
  }
  model.save_changes();
}
