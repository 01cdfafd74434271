/** What a run table asks of whoever shows it, and what it tells. */
import type { AskTable, Order, TableMethods, Which } from "../../bridge/table";
import type { SavedLooks } from "../../lib/runcolours";

export interface Query {
  filter: string;
  order_by: Order[];
  columns: string[];
  view: Which;
}

/** What the view is set to beside its query. */
export interface Setting {
  group_by: string[];
  baseline: string;
}

export interface TableHost {
  ask: AskTable;
  onSelect(run_ids: string[]): void;
  onQuery(query: Omit<Query, "view">): void;
  onSetting(setting: Partial<Setting>): void;
  /** draws another widget of the same kernel, by its model's id; false where the front end cannot */
  showWidget(model_id: string, place: HTMLElement): Promise<boolean>;
  onLooks(looks: SavedLooks): void;
  /** what is not offered; left out: everything is */
  without?: readonly (keyof TableMethods)[];
  /** opens a comparison elsewhere; left out: it is drawn below the table */
  compare?(run_ids: string[]): void;
}
