/**
 * Columns that nobody chose: metrics that first appear while the table is shown come to them, as in the table of a kernel
 * (`src/trackbook/widgets/table.py`).
 */
import type { Column, TableState } from "../bridge/table";
import { hasMetric, results, withResults } from "../lib/columns";

export interface OwnHost {
  columns(): Promise<Column[]>;
  /** what a table begins with now */
  state(): Promise<TableState>;
}

export class OwnColumns {
  private known: ReadonlySet<string> | null = null;

  /** `own`: null where somebody has chosen the columns. */
  constructor(
    private own: readonly string[] | null,
    private readonly host: OwnHost,
  ) {}

  /** Learns which metrics there are already. */
  async begin(): Promise<void> {
    if (this.own !== null) this.known = new Set(results(await this.host.columns()));
  }

  /** The view shows these. */
  shown(columns: readonly string[]): void {
    if (this.own !== null && String(columns) !== String(this.own)) this.own = null;
  }

  /** The columns with those that are new; null where they stay. */
  async renewed(): Promise<string[] | null> {
    const { own, known } = this;
    if (own === null || known === null) return null;
    const found = results(await this.host.columns());
    const fresh = found.filter((key) => !known.has(key));
    if (fresh.length === 0) return null;
    const columns = hasMetric(own) ? withResults(own, fresh) : (await this.host.state()).columns;
    if (this.own !== own) return null; // somebody was quicker
    this.known = new Set([...known, ...fresh]);
    if (String(columns) === String(own)) return null;
    this.own = columns;
    return columns;
  }
}
