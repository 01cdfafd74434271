/** What a run table asks of whoever shows it, and what it tells. */
import type { Registered, RowsParams, RowsResult } from "../../bridge/methods";
import type { Column, Order } from "../../bridge/payloads";

export interface Query {
  filter: string;
  order_by: Order[];
  columns: string[];
}

export interface TableHost {
  rows(params: RowsParams): Promise<RowsResult>;
  columns(): Promise<Column[]>;
  register?(run_id: string, name: string, alias: string | null): Promise<Registered>;
  onSelect(run_ids: string[]): void;
  onQuery(query: Query): void;
}
