/** Who answers views that no kernel feeds: the Jupyter server for a notebook, or the server whose page this is. */

/** What a view is about, sent with each of its questions: `run_id`, `run_ids`, `experiment_ids`, and how it begins. */
export type About = Readonly<Record<string, unknown>>;

export interface Source {
  /** Throws `RequestFailed`. */
  ask<T>(view: string, about: About, method: string, params: object): Promise<T>;
  /** Has a view that stands in this place brought up to date when the store has changed; the answer ends that. */
  follow(place: HTMLElement, renew: () => Promise<void>): () => void;
}

/** Puts questions about one thing. */
export function asker(source: Source, view: string, about: About) {
  return <T>(method: string, params: object): Promise<T> => source.ask<T>(view, about, method, params);
}
