/** The run that the others of a table are compared with: it may be far from the rows in sight, or filtered out. */
import type { AskTable, TableRow } from "../../bridge/table";
import type { Source } from "./source";

const FIRST_COLUMNS = 40;

export class Baseline {
  row: TableRow | undefined;

  constructor(
    /** a run's id, "" for none */
    public run_id: string,
    private readonly ask: AskTable,
    private readonly source: Source,
    private readonly changed: () => void,
  ) {}

  /** Compares with another run; "" with none. */
  pin(run_id: string): void {
    this.run_id = run_id;
    const row = run_id === "" ? undefined : this.source.find(run_id);
    if (row === undefined && run_id !== "") {
      void this.ensure([]);
      return;
    }
    this.row = row;
    this.changed();
  }

  /** Fetches its values in these columns, where they are not known. */
  async ensure(keys: readonly string[]): Promise<void> {
    const { run_id, row: old } = this;
    if (run_id === "" || (old !== undefined && keys.every((key) => this.source.knows(old, key)))) return;
    const wanted = [...new Set([...this.source.query.columns.slice(0, FIRST_COLUMNS), ...keys])];
    const [row] = await this.ask("runs", { run_ids: [run_id], columns: wanted }).catch(() => []);
    if (run_id !== this.run_id) return;
    if (row === undefined) {
      this.pin("");
      return;
    }
    this.row = { ...row, values: { ...old?.values, ...row.values } };
    this.source.remember([this.row], wanted);
    this.changed();
  }
}
