/**
 * The head of a column, opened: what all its runs hold as a histogram or as a list of values, either of which filters;
 * and what can be done with the column.
 */
import type { Num } from "../../bridge/payloads";
import type { Summary } from "../../bridge/table";
import { AGGREGATES, atStep, parseColumn, withAggregate } from "../../lib/columns";
import { missing, oneOf, within } from "../../lib/conditions";
import { formatNumber, looksNumeric, toNumber } from "../../lib/number";
import { grouped, plural } from "../../lib/text";
import { formatAbsolute, formatDuration } from "../../lib/time";
import { button, h, svg, uniqueId, user } from "../dom";
import { messageOf } from "../view";
import type { ColumnSpec } from "./columnspec";
import { Popup } from "./popup";

const WIDE_PX = 240;
const HIGH_PX = 56;

export interface HeadHost {
  summary(key: string): Promise<Summary>;
  filter(key: string, condition: string): void;
  sort(key: string, desc: boolean, additive: boolean): void;
  /** another column in its place; null takes it away */
  replace(key: string, other: string | null): void;
  move(key: string, by: -1 | 1): void;
  groupBy(key: string): void;
}

export class Head {
  private readonly popup = new Popup("tb-head", { role: "dialog" });
  readonly element = this.popup.element;
  private turn = 0;

  constructor(private readonly host: HeadHost) {}

  open(column: ColumnSpec, anchor: Element, opener: HTMLElement): void {
    this.turn += 1;
    const place = h("div", { class: "tb-head-summary" });
    this.element.setAttribute("aria-label", `Column ${column.label} ${column.note}`.trim());
    this.element.replaceChildren(
      h(
        "div",
        { class: "tb-head-title" },
        user(column.label),
        column.note === "" ? null : h("span", { class: "tb-th-note" }, column.note),
      ),
      place,
      ...this.actions(column),
    );
    if (column.sort !== null && column.isSearched) {
      place.replaceChildren(h("div", { class: "tb-muted tb-head-loading" }, "Counting…"));
      void this.load(column.sort, place, this.turn);
    }
    this.popup.show(anchor, opener);
    this.element.focus({ preventScroll: true });
  }

  close(): void {
    this.popup.close();
  }

  private async load(key: string, place: HTMLElement, turn: number): Promise<void> {
    try {
      const found = await this.host.summary(key);
      if (turn === this.turn)
        place.replaceChildren(...(found.numeric ? this.numbers(found) : this.texts(found)), ...counts(found));
    } catch (error) {
      if (turn === this.turn) place.replaceChildren(h("div", { class: "tb-wrap" }, messageOf(error)));
    }
  }

  private act(run: () => void): () => void {
    return () => {
      this.popup.close();
      run();
    };
  }

  // --- a range -------------------------------------------------------------------------------------------------------

  private numbers(found: Summary): Node[] {
    if (found.low === null || found.high === null) return [h("div", { class: "tb-muted" }, "No finite number.")];
    const [low, high] = [toNumber(found.low), toNumber(found.high)];
    const [from, to] = [this.bound("From", low), this.bound("To", high)];
    const set = (a: number, b: number) => {
      from.value = short(Math.min(a, b));
      to.value = short(Math.max(a, b));
    };
    const submit = () => {
      const condition = within(found.key, numberOf(from, low), numberOf(to, high));
      if (condition !== "") this.act(() => this.host.filter(found.key, condition))();
    };
    const form = h(
      "form",
      {
        class: "tb-range",
        onsubmit: (event: Event) => {
          event.preventDefault();
          submit();
        },
      },
      from,
      h("span", { class: "tb-muted", "aria-hidden": "true" }, "to"),
      to,
      h("button", { type: "submit", class: "tb-button tb-primary" }, "Filter"),
    );
    return [histogram(found, low, high, set), axis(found.key, low, high), form];
  }

  private bound(label: string, value: number): HTMLInputElement {
    return h("input", {
      class: "tb-input",
      type: "text",
      inputmode: "decimal",
      "aria-label": label,
      placeholder: short(value),
    });
  }

  // --- values --------------------------------------------------------------------------------------------------------

  private texts(found: Summary): Node[] {
    if (found.values.length === 0) return [h("div", { class: "tb-muted" }, "No run has a value.")];
    const most = Math.max(...found.values.map(({ runs }) => runs));
    const numeric = found.values.every(({ value }) => looksNumeric(value));
    const listed = numeric ? [...found.values].sort((a, b) => Number(a.value) - Number(b.value)) : found.values;
    const chosen = new Set<string>();
    const apply = button(
      "Filter",
      this.act(() => this.host.filter(found.key, oneOf(found.key, [...chosen]))),
      {
        class: "tb-button tb-primary",
        disabled: true,
      },
    );
    const entries = listed.map(({ value, runs }) => {
      const box = h("input", {
        type: "checkbox",
        onchange: () => {
          if (box.checked) chosen.add(value);
          else chosen.delete(value);
          apply.disabled = chosen.size === 0;
        },
      });
      const bar = h("span", { class: "tb-value-bar", "aria-hidden": "true" });
      bar.style.width = `${(100 * runs) / most}%`;
      return h(
        "label",
        { class: "tb-value" },
        bar,
        box,
        value === "" ? h("span", { class: "tb-muted" }, "empty") : user(value),
        h("span", { class: "tb-muted tb-num" }, grouped(runs)),
      );
    });
    const more = found.distinct - listed.length;
    return [
      h("div", { class: "tb-values", role: "group", "aria-label": "Values" }, ...entries),
      ...(more > 0
        ? [h("div", { class: "tb-muted" }, `${plural(more, "more value", "more values")}: filter by typing`)]
        : []),
      h("div", { class: "tb-head-row" }, apply),
    ];
  }

  // --- actions -------------------------------------------------------------------------------------------------------

  private actions(column: ColumnSpec): Node[] {
    const { sort, key } = column;
    const rows: Node[] = [];
    const row = (...children: Node[]) => rows.push(h("div", { class: "tb-head-row" }, ...children));
    const order = (label: string, desc: boolean, additive: boolean) =>
      button(
        label,
        this.act(() => sort !== null && this.host.sort(sort, desc, additive)),
      );
    if (sort !== null)
      row(order("Ascending", false, false), order("Descending", true, false), order("Then by", false, true));
    if (key === null || !column.chosen) return rows;
    const name = parseColumn(key);
    if (name.kind === "metric") row(...this.aggregates(key));
    const others = [
      button(
        "←",
        this.act(() => this.host.move(key, -1)),
        { "aria-label": "Move left", title: "Move left" },
      ),
      button(
        "→",
        this.act(() => this.host.move(key, 1)),
        { "aria-label": "Move right", title: "Move right" },
      ),
      button(
        "Hide column",
        this.act(() => this.host.replace(key, null)),
      ),
    ];
    if (name.kind === "param" || name.kind === "tag")
      others.unshift(
        button(
          "Group by",
          this.act(() => this.host.groupBy(key)),
        ),
      );
    row(...others);
    if (sort !== null)
      row(
        button(
          "Only runs without it",
          this.act(() => this.host.filter(key, missing(key))),
        ),
      );
    return rows;
  }

  private aggregates(key: string): Node[] {
    const { label, aggregate, step } = parseColumn(key);
    const id = uniqueId("aggregate");
    const select = h(
      "select",
      {
        class: "tb-select",
        id,
        onchange: () => {
          at.hidden = select.value !== "step";
          if (select.value === "step") at.focus();
          else this.act(() => this.host.replace(key, withAggregate(label, select.value as typeof aggregate)))();
        },
      },
      ...AGGREGATES.map((word) => h("option", { value: word, selected: step === null && word === aggregate }, word)),
      h("option", { value: "step", selected: step !== null }, "at step…"),
    );
    const at = h("input", {
      class: "tb-input tb-step",
      type: "number",
      step: 1,
      "aria-label": "Step",
      placeholder: "step",
      value: step,
      hidden: step === null,
      onkeydown: (event: KeyboardEvent) => {
        const wanted = Number(at.value);
        if (event.key !== "Enter" || at.value === "" || !Number.isSafeInteger(wanted)) return;
        this.act(() => this.host.replace(key, atStep(label, wanted)))();
      },
    });
    return [h("label", { for: id, class: "tb-muted" }, "Show"), select, at];
  }
}

/** Bars that a drag over them turns into a range. */
function histogram(found: Summary, low: number, high: number, set: (from: number, to: number) => void): Element {
  const most = Math.max(1, ...found.bars);
  const width = WIDE_PX / Math.max(1, found.bars.length);
  const bars = found.bars.map((runs, i) => {
    const height = runs === 0 ? 0 : Math.max(2, (HIGH_PX * runs) / most);
    return svg("rect", { x: i * width + 0.5, y: HIGH_PX - height, width: Math.max(1, width - 1), height });
  });
  const brush = svg("rect", { class: "tb-brush", x: 0, y: 0, width: 0, height: HIGH_PX });
  const element = svg(
    "svg",
    { class: "tb-histogram", viewBox: `0 0 ${WIDE_PX} ${HIGH_PX}`, role: "img", preserveAspectRatio: "none" },
    ...bars,
    brush,
  );
  element.setAttribute(
    "aria-label",
    `Histogram of ${found.runs} runs from ${short(low)} to ${short(high)}; type a range below, or drag over it`,
  );
  let start: number | null = null;
  const share = (event: PointerEvent) => {
    const { left, width } = element.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
  };
  const value = (at: number) => low * (1 - at) + high * at;
  element.addEventListener("pointerdown", (event) => {
    start = share(event as PointerEvent);
    element.setPointerCapture((event as PointerEvent).pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const now = share(event as PointerEvent);
    brush.setAttribute("x", String(Math.min(start, now) * WIDE_PX));
    brush.setAttribute("width", String(Math.abs(now - start) * WIDE_PX));
    set(value(start), value(now));
  });
  element.addEventListener("pointerup", () => {
    start = null;
  });
  return element;
}

function axis(key: string, low: number, high: number): HTMLElement {
  const words = (value: number) => {
    if (key.endsWith("_time")) return formatAbsolute(value);
    return key === "attributes.duration" ? formatDuration(value) : formatNumber(value);
  };
  return h("div", { class: "tb-axis tb-muted" }, h("span", {}, words(low)), h("span", {}, words(high)));
}

function counts(found: Summary): Node[] {
  const parts = [
    found.distinct > 1 && `${grouped(found.distinct)} different values`,
    found.nan > 0 && `${grouped(found.nan)} NaN`,
    found.infinite > 0 && `${grouped(found.infinite)} infinite`,
    found.missing > 0 && `${plural(found.missing, "run has", "runs have")} none`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? [] : [h("div", { class: "tb-muted" }, parts.join(" · "))];
}

/** What was typed; null where nothing was, or where it is the end of the range. */
function numberOf(input: HTMLInputElement, end: number): number | null {
  const typed = input.value.trim();
  if (typed === "" || typed === short(end)) return null;
  const value = Number(typed);
  return Number.isNaN(value) ? null : value;
}

function short(value: Num | number): string {
  return String(Number(toNumber(value).toPrecision(6)));
}
