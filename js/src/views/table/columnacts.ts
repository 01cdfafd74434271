/** What the columns of a table are good for: they are chosen, sorted, moved, filtered by, and kept as sets. */
import { Chooser } from "./chooser";
import type { Completions } from "./completions";
import type { Grouping } from "./grouping";
import { Head } from "./head";
import type { TableHost } from "./host";
import type { Questions } from "./questions";
import type { Source } from "./source";

/** The parts of the table that columns reach. */
export interface Columned {
  readonly host: Pick<TableHost, "ask">;
  readonly source: Source;
  readonly completions: Completions;
  readonly grouping: Grouping;
  readonly questions: Questions;
}

/** The list from which columns are chosen. */
export function chooserOf({ host, source, completions, grouping, questions }: Columned): Chooser {
  const { ask } = host;
  return new Chooser({
    columns: () => completions.columns(true),
    chosen: () => source.query.columns,
    choose: (columns) => questions.setColumns(columns),
    sets: () => ask("sets", {}),
    saveSet: (name) => {
      const { columns, order_by } = source.wanted;
      return ask("save_set", { name, columns, order_by, group_by: grouping.keys });
    },
    deleteSet: (name) => ask("delete_set", { name }),
    useSet: ({ columns, order_by, group_by }) => {
      questions.setColumns(columns);
      void questions.ask({ order_by });
      void grouping.by(group_by);
    },
  });
}

/** What opens at a column's head. */
export function headOf({ host, source, grouping, questions }: Columned): Head {
  return new Head({
    summary: (key) => {
      const { filter, view } = source.query;
      return host.ask("summary", { key, filter, view });
    },
    filter: (key, condition) => questions.narrow(condition, key),
    sort: (key, desc, additive) => {
      const others = additive ? source.wanted.order_by.filter((order) => order.key !== key) : [];
      void questions.ask({ order_by: [...others, { key, desc }] });
    },
    replace: (key, other) =>
      questions.setColumns(source.wanted.columns.flatMap((one) => (one === key ? (other ?? []) : one))),
    move: (key, by) => questions.moveColumn(key, by),
    groupBy: (key) => grouping.also(key),
  });
}
