/** The questions each widget may ask, typed: method -> params and result.  The table stands in `payloads.ts`. */
import type { Card, Column, CompareState, CurvePiece, Order, TableRow } from "./payloads";

export interface Registered {
  name: string;
  version: string;
  aliases: string[];
}

interface Method<P, R> {
  params: P;
  result: R;
}

export interface CardMethods {
  card: Method<Record<string, never>, Card>;
  curves: Method<{ keys: string[]; buckets: number }, CurvePiece[]>;
  register: Method<{ path: string; name: string; alias: string | null }, Registered>;
}

export interface RowsParams {
  filter: string;
  order_by: Order[];
  offset: number;
  limit: number;
  columns: string[];
}

export interface RowsResult {
  total: number;
  rows: TableRow[];
}

export interface TableMethods {
  rows: Method<RowsParams, RowsResult>;
  columns: Method<Record<string, never>, Column[]>;
  register: Method<{ run_id: string; name: string; alias: string | null }, Registered>;
}

export interface CompareMethods {
  state: Method<Record<string, never>, CompareState>;
}
