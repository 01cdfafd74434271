/** What the registry's view asks of whoever shows it. */
import type { Decision, RegistryMethods, RequestRow } from "../../bridge/registry";

export interface RegistryHost {
  ask<K extends keyof RegistryMethods & string>(
    method: K,
    params: RegistryMethods[K]["params"],
  ): Promise<RegistryMethods[K]["result"]>;
  /** whether a model, or (null) any, may be changed; left out: all may */
  mayChange?(name: string | null): boolean;
  /** whether a request may be decided so, by these approvers' rights; left out: as the model may be changed */
  mayDecide?(decision: Decision, request: RequestRow, approvers: readonly string[]): boolean;
  /** a model is opened, or (null) the list of all; left out: a view that begins with one model shows no list */
  onOpen?(name: string | null): void;
  /** draws another widget; false where the front end cannot */
  showWidget?(model_id: string, place: HTMLElement): Promise<boolean>;
}
