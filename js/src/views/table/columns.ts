/** The columns of a run table: those that always stand first, then the chosen params, metrics and tags. */
import type { Num } from "../../bridge/payloads";
import type { ParentRun, TableRow } from "../../bridge/table";
import { columnTitle, isSearchable, parseColumn } from "../../lib/columns";
import { formatNumber, fullNumber, looksNumeric } from "../../lib/number";
import type { RunColours } from "../../lib/runcolours";
import { oneLine } from "../../lib/text";
import { formatAbsolute } from "../../lib/time";
import { runLink, runLinkAnew } from "../addresses";
import type { Clock } from "../clock";
import { h, user, write } from "../dom";
import { runId } from "../runid";
import {
  difference,
  fitted,
  fittedAnew,
  type Interval,
  keyOf,
  LEAST_ROOM_PX,
  NAME_ROOM_PX,
  ownKey,
  spread,
} from "./cells";
import { type ColumnSpec, fixed, NAME, SELECT } from "./columnspec";
import { paintDot, runDot } from "./dot";
import { cell, experiment, runsColumn, status } from "./fixedcolumns";

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

/** Whether the row lacks the value because it has not been fetched. */
export type Knows = (row: TableRow, key: string) => boolean;

const RUN_ID = "attributes.run_id";
const DELTA_PX = 64;
/** Of a run's name, and of a group's by one key, two and more, which are told apart by the last of them. */
const NAME_PX = [176, 232, 280, 320] as const;
/** The mark of a child run, and the gap behind it. */
const CHILD_PX = 22;
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
      width_px: NAME_PX[Math.min(this.drawing.groupedBy().length, NAME_PX.length - 1)] as number,
      grow: 2,
      cell: (row) =>
        h(
          "span",
          { class: "tb-run-name" },
          runDot(row, this.drawing.looks),
          childMark(row),
          runLink(row.run.run_id, fitted(row.run.name, nameRoom(row), nameTitle(row)), { tabindex: -1 }),
        ),
      renew: (content, row) => {
        paintDot(content.firstElementChild as HTMLElement, row, this.drawing.looks);
        childMark(row, content.children[1] as HTMLElement);
        const name = runLinkAnew(content.lastElementChild as HTMLElement, row.run.run_id);
        fittedAnew(name, row.run.name, nameRoom(row), nameTitle(row));
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
      cell: ({ run }) => this.drawing.clock.took(run),
      renew: (content, { run }) => this.drawing.clock.took(run, content) !== null,
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

/** How many metrics the chosen columns begin with: they stand right behind name, status and age, where they are seen. */
function leadingMetrics(keys: readonly string[]): number {
  const other = keys.findIndex((key) => parseColumn(key).kind !== "metric");
  return other < 0 ? keys.length : other;
}

const nameTitle = ({ run, parent }: TableRow) =>
  `${run.name}\nrun ${run.run_id}${parent === undefined ? "" : `\n${inside(parent)}`}`;
const nameRoom = ({ parent }: TableRow) => (parent === undefined ? NAME_ROOM_PX : NAME_ROOM_PX - CHILD_PX);
const inside = ({ run_id, name }: ParentRun) => `inside ${name === "" ? `run ${run_id}` : oneLine(name)}`;

/** Before the name of a run that was started in another one; the arrow is the style's. */
function childMark(
  { parent }: TableRow,
  mark: HTMLElement = h("span", { class: "tb-child", role: "img" }),
): HTMLElement {
  mark.hidden = parent === undefined;
  if (parent !== undefined) mark.setAttribute("aria-label", inside(parent));
  return mark;
}
