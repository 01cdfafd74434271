/** A view on the page: where it stands among the others, and how it ends. */
import type { Crumb } from "./frame";

export interface Shown {
  view: "experiments" | "registry";
  crumbs: readonly Crumb[];
  title: string;
  dispose(): void;
}
