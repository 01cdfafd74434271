/** What the filter can be completed with: the columns there are, and values of those that were asked for. */
import type { AskTable, Column, Which } from "../../bridge/table";
import { type Completion, completionAt, valueChoices } from "../../lib/completion";
import { plural } from "../../lib/text";

interface Values {
  values: string[];
  notes: string[];
}

export class Completions {
  private known: Promise<Column[]> | undefined;
  private readonly values = new Map<string, Promise<Values>>();

  constructor(
    private readonly ask: AskTable,
    private readonly view: () => Which,
  ) {}

  /** Every column there is; asked once, unless `again`. */
  columns(again = false): Promise<Column[]> {
    if (!again && this.known !== undefined) return this.known;
    const asked = this.ask("columns", {});
    this.known = asked;
    asked.catch(() => {
      this.known = undefined;
    });
    return asked;
  }

  async at(text: string, caret: number): Promise<Completion | null> {
    const found = completionAt(text, caret, await this.columns());
    if (found === null || found.kind !== "value" || found.choices.length > 0) return found;
    const { values, notes } = await this.valuesOf(found.field);
    return { ...found, choices: valueChoices(values, text.slice(found.from, caret), notes) };
  }

  /** Runs may have other values now. */
  forget(): void {
    this.values.clear();
  }

  private valuesOf(field: string): Promise<Values> {
    const known = this.values.get(field);
    if (known !== undefined) return known;
    const key = field.includes(".") ? field : `attributes.${field}`;
    const found = this.ask("summary", { key, filter: "", view: this.view() }).then(({ values }) => ({
      values: values.map(({ value }) => value),
      notes: values.map(({ runs }) => plural(runs, "run")),
    }));
    this.values.set(field, found);
    return found;
  }
}
