/** Columns by the names that the search language gives them: `metrics.val_loss`, ``params.`learning rate` ``. */
import type { Column, ColumnKind } from "../bridge/payloads";

const KINDS: Record<string, ColumnKind> = { attributes: "attribute", params: "param", metrics: "metric", tags: "tag" };
const SPACES: Record<ColumnKind, string> = { attribute: "attributes", param: "params", metric: "metrics", tag: "tags" };

/** Kind and bare name of a column's key; a key of no known kind is taken for an attribute. */
export function parseColumn(key: string): { kind: ColumnKind; label: string } {
  const dot = key.indexOf(".");
  const kind = KINDS[key.slice(0, dot)];
  if (dot < 0 || kind === undefined) return { kind: "attribute", label: key };
  return { kind, label: unquote(key.slice(dot + 1)) };
}

function unquote(name: string): string {
  const quote = name[0];
  const quoted = name.length >= 2 && (quote === "`" || quote === '"') && name.endsWith(quote);
  return quoted ? name.slice(1, -1) : name;
}

/** The key of a kind and a bare name, quoted where the grammar needs it. */
export function columnKey(kind: ColumnKind, label: string): string {
  const plain = /^[A-Za-z_]\w*(\.\w+)*$/.test(label);
  return `${SPACES[kind]}.${plain ? label : `\`${label}\``}`;
}

export const GROUP_TITLES: Record<ColumnKind, string> = {
  metric: "Metrics",
  param: "Params",
  tag: "Tags",
  attribute: "Attributes",
};

/** Columns whose label holds every word of `search`, in groups: metrics, params, tags, attributes. */
export function groupColumns(columns: readonly Column[], search: string): { kind: ColumnKind; columns: Column[] }[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (column: Column) => words.every((word) => column.key.toLowerCase().includes(word));
  return (Object.keys(GROUP_TITLES) as ColumnKind[])
    .map((kind) => ({ kind, columns: columns.filter((column) => column.kind === kind && fits(column)) }))
    .filter((group) => group.columns.length > 0);
}
