/** The menus of a run table: what can be done with a cell, with the table, and by what its runs are grouped. */
import type { Num } from "../../bridge/payloads";
import type { Column, TableRow, TextFormat, Which } from "../../bridge/table";
import { differs, equals, PARENT } from "../../lib/conditions";
import { formatNumber } from "../../lib/number";
import { oneLine, shorten } from "../../lib/text";
import { runOpener } from "../addresses";
import type { Interval } from "./cells";
import type { ColumnSpec } from "./columnspec";
import type { MenuItem } from "./popup";

const LONGEST = 32;
/** Params offered to group by; others are in the heads of their columns. */
const GROUPS_OFFERED = 12;
/** In the place of a column to group by: everything but the seed. */
export const SEEDS = "seeds";

export interface CellActs {
  filter(condition: string): void;
  copy(text: string): void;
  pin(run_id: string): void;
  show(run_ids: string[], visible: boolean): void;
  only(run_id: string): void;
}

/** Whether a click on a cell can become a condition. */
export function isFilterable(column: ColumnSpec, value: string | Num | null): value is string | Num {
  return value !== null && value !== "" && column.key !== null && column.isSearched;
}

export function cellMenu(
  row: TableRow,
  column: ColumnSpec,
  state: { baseline: string; isVisible: boolean },
  acts: CellActs,
): (MenuItem | null)[] {
  const value = column.value(row);
  const { run_id } = row.run;
  const open = runOpener(run_id);
  const items: (MenuItem | null)[] = open === null ? [] : [{ label: "Open the run", hint: "o", run: open }, null];
  if (isFilterable(column, value)) {
    const shown = said(value);
    const key = column.key as string;
    items.push({ label: `Only ${shown}`, hint: "f", run: () => acts.filter(equals(key, value)) });
    items.push({ label: `All but ${shown}`, run: () => acts.filter(differs(key, value)) });
  }
  if (row.parent !== undefined) {
    const { run_id: parent, name } = row.parent;
    const label = `Only runs inside ${shorten(oneLine(name === "" ? parent : name), LONGEST)}`;
    items.push({ label, run: () => acts.filter(equals(PARENT, parent)) });
  }
  if (value !== null && value !== "")
    items.push({ label: "Copy value", hint: "c", run: () => acts.copy(String(value)) });
  items.push({ label: "Copy run id", run: () => acts.copy(run_id) }, null);
  const isBase = state.baseline === run_id;
  items.push({
    label: isBase ? "Unpin the baseline" : "Pin as baseline",
    hint: "b",
    run: () => acts.pin(isBase ? "" : run_id),
  });
  const word = state.isVisible ? "Hide in charts" : "Show in charts";
  items.push({ label: word, hint: "h", run: () => acts.show([run_id], !state.isVisible) });
  items.push({ label: "Show only this one in charts", run: () => acts.only(run_id) });
  return items;
}

function said(value: string | Num): string {
  return typeof value === "number" ? formatNumber(value) : shorten(oneLine(value), LONGEST);
}

export interface TableActs {
  copy(format: TextFormat): void;
  download(format: TextFormat): void;
  look(view: Which): void;
  children(hidden: boolean): void;
  showAll(): void;
  refresh(): void;
  keys(): void;
}

export function tableMenu(
  state: { view: Which; anyHidden: boolean; selected: number; hidesChildren: boolean },
  acts: TableActs,
): (MenuItem | null)[] {
  const what = state.selected > 0 ? "selected runs" : "table";
  return [
    { label: `Copy ${what} as Markdown`, run: () => acts.copy("markdown") },
    { label: `Copy ${what} as LaTeX`, run: () => acts.copy("latex") },
    { label: `Copy ${what} as CSV`, run: () => acts.copy("csv") },
    { label: `Download ${what} as CSV`, run: () => acts.download("csv") },
    null,
    state.view === "trash"
      ? { label: "Back from the trash", run: () => acts.look("active") }
      : { label: "Look into the trash", run: () => acts.look("trash") },
    {
      label: state.hidesChildren ? "Show child runs" : "Hide child runs",
      run: () => acts.children(!state.hidesChildren),
    },
    { label: "Show all runs in charts", run: () => acts.showAll(), disabled: !state.anyHidden },
    { label: "Read again", hint: "r", run: () => acts.refresh() },
    null,
    { label: "Keys", hint: "?", run: () => acts.keys() },
  ];
}

export interface GroupActs {
  by(keys: string[]): void;
  interval(interval: Interval): void;
}

export function groupMenu(
  columns: readonly Column[],
  state: { by: readonly string[]; interval: Interval },
  acts: GroupActs,
): (MenuItem | null)[] {
  // As wide as the mark, where there is one: the words stand in line.
  const room = state.by.length > 0 ? "\u2003\u2006" : "";
  const mark = (on: boolean) => (on ? "✓ " : room);
  const offered = columns
    .filter(({ kind, label }) => kind === "param" || (kind === "tag" && !/^(trackbook|mlflow)\./.test(label)))
    .sort((a, b) => Number(b.kind === "param") - Number(a.kind === "param") || b.runs - a.runs)
    .slice(0, GROUPS_OFFERED);
  const toggled = (key: string) => {
    const others = state.by.filter((one) => one !== key && one !== SEEDS);
    return state.by.includes(key) ? others : [...others, key];
  };
  const is = (interval: Interval) => mark(state.interval === interval);
  return [
    {
      label: `${mark(state.by.includes(SEEDS))}All params but the seed`,
      run: () => acts.by(state.by.includes(SEEDS) ? [] : [SEEDS]),
    },
    ...offered.map(({ key, label }) => ({
      label: `${mark(state.by.includes(key))}${shorten(oneLine(label), LONGEST)}`,
      run: () => acts.by(toggled(key)),
    })),
    ...(state.by.length === 0
      ? []
      : [
          null,
          { label: `${is("std")}mean ± standard deviation`, run: () => acts.interval("std") },
          { label: `${is("ci")}mean ± 95 % interval`, run: () => acts.interval("ci") },
          null,
          { label: `${room}No groups`, run: () => acts.by([]) },
        ]),
  ];
}

export const KEYS: readonly [string, string][] = [
  ["Arrows, Page Up/Down, Home, End", "move; with Ctrl to the edge, with Shift select"],
  ["Space, Enter", "select a run, sort by a column (Shift: then by it), unfold a group"],
  ["Ctrl+A", "select all"],
  ["m, Shift+F10", "menu of a cell, head of a column"],
  ["f", "only runs with this value"],
  ["c", "copy the value"],
  ["b", "pin as baseline"],
  ["h", "hide in charts, or show"],
  ["g", "group by everything but the seed, or not"],
  ["/", "to the filter; Esc leads back"],
  ["Delete", "move the selected runs to the trash"],
  ["r", "read again"],
];
