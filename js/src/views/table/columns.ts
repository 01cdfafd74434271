/** The columns of a run table: those that always stand first, then the chosen params, metrics and tags. */
import type { Num } from "../../bridge/payloads";
import type { Group, GroupValue, TableRow } from "../../bridge/table";
import { columnTitle, isSearchable, parseColumn } from "../../lib/columns";
import { formatDelta, formatNumber, fullNumber, looksNumeric, toNumber } from "../../lib/number";
import type { RunColours } from "../../lib/runcolours";
import { halfWidth } from "../../lib/stats";
import { oneLine, plural } from "../../lib/text";
import { formatAbsolute } from "../../lib/time";
import type { Track } from "../../lib/tracks";
import { runLink, runLinkAnew } from "../addresses";
import { cellElement } from "../cell";
import type { Clock } from "../clock";
import { h, icon, user, userAnew, write } from "../dom";
import { runId } from "../runid";
import { statusBadge } from "../status";
import { paintDot, runDot } from "./dot";

export interface ColumnSpec extends Track {
  id: string;
  label: string;
  /** of a metric that is not the last value, said small behind the label */
  note: string;
  /** the whole name, for the header's title */
  title: string;
  /** by what the column is ordered; null where it cannot be */
  sort: string | null;
  /** as the search language names it; null where it is no field of it */
  key: string | null;
  /** whether it can be filtered by, and summed up */
  isSearched: boolean;
  /** one of the chosen ones, that can be taken away and moved */
  chosen: boolean;
  align: "start" | "end";
  /** draws the cell's content; null for nothing */
  cell(row: TableRow): Node | null;
  /** writes the row into what `cell` drew for the one before; false where that cannot be */
  renew?(content: HTMLElement, row: TableRow, before: TableRow): boolean;
  /** what a click takes as the cell's value, for a filter; null for nothing */
  value(row: TableRow): string | Num | null;
  /** draws what the column says of a group */
  group(group: Group): Node | null;
}

/** How cells are drawn, beyond the row itself. */
export interface Drawing {
  clock: Clock;
  /** the run that others are compared with, where its row is known */
  baseline(): TableRow | undefined;
  looks: RunColours;
  /** columns of the groups' key, in its order */
  groupedBy(): readonly string[];
  interval(): Interval;
}

/** What stands behind a mean: the sample's standard deviation, or half the 95 % confidence interval. */
export type Interval = "std" | "ci";

/** Whether the row lacks the value because it has not been fetched. */
export type Knows = (row: TableRow, key: string) => boolean;

type Fixed = Pick<ColumnSpec, "id" | "label" | "sort" | "width_px" | "cell"> & Partial<ColumnSpec>;
const fixed = (spec: Fixed): ColumnSpec => ({
  title: spec.label,
  note: "",
  grow: 0,
  align: "start",
  key: spec.sort,
  isSearched: spec.sort !== null,
  chosen: false,
  value: () => null,
  group: () => null,
  ...spec,
});

const RUN_ID = "attributes.run_id";
const DELTA_PX = 64;
/** Room for text in the narrowest column of values, and beside the dot in that of names; a wide letter. */
const [LEAST_ROOM_PX, NAME_ROOM_PX, LETTER_PX] = [64, 136, 8];
const PLAIN = /^[\x20-\x7e]*$/;

/** The column of boxes; its cells are drawn by the grid, which knows what is selected. */
export const SELECT = "select";
export const NAME = "name";
/** Columns that stay while others scroll. */
export const PINNED = 2;

/** Makes the columns; those of chosen keys are kept, so that widths do not jump as rows come and go. */
export class Columns {
  private readonly kept = new Map<string, { spec: ColumnSpec; isSized: boolean }>();

  constructor(
    private readonly drawing: Drawing,
    private readonly knows: Knows,
  ) {}

  specs(keys: readonly string[], sample: readonly TableRow[]): ColumnSpec[] {
    const experiments = new Set(sample.map((row) => row.run.experiment_id));
    const results = leadingMetrics(keys);
    const values = keys.map((key) => this.value(key, sample));
    const isGrouped = this.drawing.groupedBy().length > 0;
    return [
      fixed({ id: SELECT, label: "", title: "Select", sort: null, width_px: 36, cell: () => null }),
      this.name(),
      ...(isGrouped ? [runsColumn()] : [status(), this.start()]),
      ...values.slice(0, results),
      ...(isGrouped ? [] : [this.duration()]),
      ...(sample.some((row) => row.cell !== null) ? [cell()] : []),
      ...(experiments.size > 1 ? [experiment()] : []),
      ...values.slice(results),
      ...(isGrouped ? [status(), this.start(), this.duration()] : []),
    ];
  }

  /** Widths and alignments are worked out anew: the columns hold other things than before. */
  forget(): void {
    this.kept.clear();
  }

  private value(key: string, sample: readonly TableRow[]): ColumnSpec {
    const old = this.kept.get(key);
    if (old?.isSized) return old.spec;
    const isSized = sample.some((row) => row.values[key] !== undefined);
    if (old !== undefined && !isSized) return old.spec;
    const spec = this.valueColumn(key, isSized ? sample : []);
    this.kept.set(key, { spec, isSized });
    return spec;
  }

  private name(): ColumnSpec {
    return fixed({
      id: NAME,
      label: "Run",
      sort: "attributes.run_name",
      width_px: this.drawing.groupedBy().length > 0 ? 232 : 176,
      grow: 2,
      cell: (row) =>
        h(
          "span",
          { class: "tb-run-name" },
          runDot(row, this.drawing.looks),
          runLink(row.run.run_id, fitted(row.run.name, NAME_ROOM_PX, nameTitle(row)), { tabindex: -1 }),
        ),
      renew: (content, row) => {
        paintDot(content.firstElementChild as HTMLElement, row, this.drawing.looks);
        const name = runLinkAnew(content.lastElementChild as HTMLElement, row.run.run_id);
        fittedAnew(name, row.run.name, NAME_ROOM_PX, nameTitle(row));
        return true;
      },
      value: ({ run }) => run.name,
      group: (group) => keyOf(group, this.drawing.groupedBy()),
    });
  }

  private start(): ColumnSpec {
    return fixed({
      id: "start",
      label: "Started",
      sort: "attributes.start_time",
      width_px: 104,
      align: "end",
      cell: ({ run }) => this.drawing.clock.since(run.start_ms),
      renew: (content, { run }) => this.drawing.clock.since(run.start_ms, content) !== null,
    });
  }

  private duration(): ColumnSpec {
    return fixed({
      id: "duration",
      label: "Duration",
      sort: "attributes.duration",
      width_px: 100,
      align: "end",
      cell: ({ run }) => this.drawing.clock.span(run.start_ms, run.end_ms),
      renew: (content, { run }) => this.drawing.clock.span(run.start_ms, run.end_ms, content) !== null,
    });
  }

  private valueColumn(key: string, sample: readonly TableRow[]): ColumnSpec {
    const name = parseColumn(key);
    const { kind, label } = name;
    const isMetric = kind === "metric";
    const values = sample.map((row) => row.values[key]).filter((value) => value !== undefined && value !== "");
    const numeric =
      isMetric || (values.length > 0 && values.every((v) => typeof v === "number" || looksNumeric(String(v))));
    const shown = (value: string | Num) => {
      if (typeof value === "number" && kind === "attribute" && label.endsWith("_time")) return formatAbsolute(value);
      return isMetric || typeof value === "number" ? formatNumber(value as Num) : oneLine(value);
    };
    const note = isMetric && columnTitle(name) !== label ? columnTitle(name).slice(label.length).trim() : "";
    const head = oneLine(label).length + (note === "" ? 0 : note.length + 1) + 5;
    const widest = Math.max(head, ...values.map((value) => shown(value as string | Num).length));
    return {
      id: key,
      key,
      label: oneLine(label),
      note,
      title: isMetric
        ? `${label}, ${name.step === null ? name.aggregate : `at step ${name.step}`}`
        : `${kind} ${label}`,
      sort: key,
      isSearched: isSearchable(key),
      chosen: true,
      width_px:
        Math.min(220, Math.max(88, Math.round(widest * 7.2) + 24)) +
        (isMetric && this.drawing.baseline() !== undefined ? DELTA_PX : 0) +
        (isMetric && this.drawing.groupedBy().length > 0 ? DELTA_PX : 0),
      grow: 1,
      align: numeric ? "end" : "start",
      cell: (row) => this.valueCell(key, row, isMetric, shown),
      renew: (content, row) => this.renewValue(content, row.values[key], isMetric, shown),
      value: (row) => row.values[key] ?? null,
      group: (group) =>
        isMetric
          ? spread(group.values[key], this.drawing.interval())
          : ownKey(group, this.drawing.groupedBy().indexOf(key)),
    };
  }

  /** Most values are a text in an element, and another row has another text. */
  private renewValue(
    content: HTMLElement,
    value: string | Num | undefined,
    isMetric: boolean,
    shown: (value: string | Num) => string,
  ): boolean {
    if (value === undefined || value === "" || this.drawing.baseline() !== undefined) return false;
    const isNumber = isMetric || typeof value === "number";
    if (isNumber && content.localName === "span" && content.className === "") {
      write(content, shown(value), fullNumber(value as Num));
      return true;
    }
    if (isNumber || content.localName !== "bdi") return false;
    fittedAnew(content, value as string, LEAST_ROOM_PX);
    return true;
  }

  private valueCell(
    key: string,
    row: TableRow,
    isMetric: boolean,
    shown: (value: string | Num) => string,
  ): Node | null {
    const value = row.values[key];
    if (value === undefined && !this.knows(row, key)) return h("span", { class: "tb-skeleton" });
    if (value === undefined || value === "") return null;
    if (key === RUN_ID) return runId(String(value), { tabindex: -1 });
    const base = this.drawing.baseline();
    const other = base?.values[key];
    if (!isMetric && typeof value !== "number") {
      const differs = base !== undefined && other !== value;
      if (base === undefined) return fitted(value, LEAST_ROOM_PX);
      return user(
        value,
        differs ? "tb-differs" : "",
        differs ? `${value}\nthe baseline has ${other ?? "none"}` : value,
      );
    }
    const own = h("span", { title: fullNumber(value as Num) }, shown(value));
    if (isMetric && this.drawing.groupedBy().length > 0) {
      return h("span", { class: "tb-spread" }, own, h("span", { class: "tb-plusminus" })); // below the means
    }
    if (!isMetric || base === undefined) return own;
    const isBase = base.run.run_id === row.run.run_id;
    const delta = isBase ? h("span", { class: "tb-delta" }) : difference(value as Num, other as Num | undefined);
    return h("span", { class: "tb-against" }, own, delta);
  }
}

/** What a user typed, in a cell; cut off with an ellipsis only where it may be too long, since each cut costs at every frame. */
function fitted(text: string, room_px: number, title = text): HTMLElement {
  return user(text, fits(text, room_px) ? "tb-fits" : "", title);
}

function fittedAnew(element: HTMLElement, text: string, room_px: number, title = text): void {
  userAnew(element, text, title);
  const isFit = fits(text, room_px);
  if (element.classList.contains("tb-fits") !== isFit) element.classList.toggle("tb-fits", isFit);
}

const fits = (text: string, room_px: number) => text.length * LETTER_PX <= room_px && PLAIN.test(text);

const nameTitle = ({ run }: TableRow) => `${run.name}\nrun ${run.run_id}`;

/** How far a metric is from the baseline's; which way is good is not ours to say. */
function difference(value: Num, other: Num | undefined): HTMLElement {
  const delta = other === undefined ? null : formatDelta(asNum(toNumber(value) - toNumber(other)));
  const title =
    delta === null
      ? "the baseline has no such value"
      : `${delta.text} against the baseline's ${fullNumber(other as Num)}`;
  return h("span", { class: "tb-delta", "data-direction": delta?.direction ?? "unknown", title }, delta?.text ?? "");
}

function asNum(value: number): Num {
  return Number.isFinite(value) ? value : (String(value) as Num);
}

/** A group's mean with what is behind it. */
function spread(found: GroupValue | undefined, interval: Interval): Node | null {
  if (found === undefined) return null;
  const std = found.std === null ? null : withoutNoise(toNumber(found.std), toNumber(found.mean));
  const half = interval === "std" ? std : halfWidth(found.n, std);
  const what = interval === "std" ? "standard deviation" : "95 % confidence interval of the mean";
  const title = `mean of ${plural(found.n, "run")}: ${fullNumber(found.mean)}\n${half === null ? "no spread of one run" : `± ${half} (${what})`}\n${fullNumber(found.min)} to ${fullNumber(found.max)}`;
  return h(
    "span",
    { class: "tb-spread", title },
    formatNumber(found.mean),
    half === null ? null : h("span", { class: "tb-plusminus" }, `± ${spreadText(half)}`),
  );
}

/** Equal numbers spread by the rounding of their sum. */
function withoutNoise(std: number, mean: number): number {
  return std < 1e-12 * Math.abs(mean) ? 0 : std;
}

/** Two digits tell how far results spread: as many in each row, so that they stand below each other. */
function spreadText(half: number): string {
  if (half === 0) return "0";
  const text = half.toPrecision(2);
  const isPlain = !text.includes("e") && half >= 1e-4;
  return isPlain ? text : formatNumber(asNum(Number(text)));
}

function keyOf(group: Group, by: readonly string[]): HTMLElement {
  const parts = by.map((key, i) => ({ label: parseColumn(key).label, value: group.key[i] ?? null }));
  const text = parts.map(({ label, value }) => `${label} = ${value ?? "none"}`).join(", ") || "all runs";
  return user(text, "tb-group-key");
}

function ownKey(group: Group, at: number): Node | null {
  const value = at < 0 ? null : (group.key[at] ?? null);
  return value === null ? null : user(value);
}

function runsColumn(): ColumnSpec {
  return fixed({
    id: "runs",
    label: "Runs",
    sort: null,
    width_px: 64,
    align: "end",
    cell: () => null,
    group: (group) => h("span", {}, String(group.runs)),
  });
}

function status(): ColumnSpec {
  return fixed({
    id: "status",
    label: "Status",
    sort: "attributes.status",
    width_px: 112,
    cell: ({ run, error }) => statusBadge(run.status, error),
    renew: (_, { run, error }, before) => run.status === before.run.status && error === before.error,
    value: ({ run }) => run.status,
  });
}

function cell(): ColumnSpec {
  return fixed({
    id: "cell",
    label: "Cell",
    sort: "attributes.cell",
    width_px: 112,
    grow: 1,
    cell: ({ cell }) => cell && cellElement(cell),
    value: ({ cell }) => cell?.line ?? null,
  });
}

function experiment(): ColumnSpec {
  return fixed({
    id: "experiment",
    label: "Experiment",
    sort: "attributes.experiment",
    width_px: 128,
    grow: 1,
    cell: ({ run }) => user(run.experiment),
    renew: (content, { run }) => {
      userAnew(content, run.experiment);
      return true;
    },
    value: ({ run }) => run.experiment,
  });
}

/** How many metrics the chosen columns begin with: they stand right behind name, status and age, where they are seen. */
function leadingMetrics(keys: readonly string[]): number {
  const other = keys.findIndex((key) => parseColumn(key).kind !== "metric");
  return other < 0 ? keys.length : other;
}

/** The mark before a group's name that says whether it is unfolded. */
export function foldMark(isOpen: boolean): Element {
  const mark = icon("chevron");
  mark.setAttribute("data-open", String(isOpen));
  return mark;
}
