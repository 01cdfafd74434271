/** The toolbar of curves: what x is, log axes, smoothing, clipping, means of groups. */
import type { AxisX, LineOptions } from "../../lib/lines";
import { button, h, uniqueId } from "../dom";

export interface Switches {
  readonly element: HTMLElement;
  /** whether a stretch is shown: then all of it can be shown again */
  zoomed(is: boolean): void;
  groups(there: boolean): void;
  /** whether there are curves beside bars, which have no x axis of their own */
  curves(there: boolean): void;
}

const AXES: readonly (readonly [AxisX, string])[] = [
  ["step", "Step"],
  ["relative", "Time since start"],
  ["time", "Time of day"],
];

/** Writes into `options`, then calls back. */
export function switches(options: LineOptions, groups: boolean, changed: () => void, showAll: () => void): Switches {
  const axisId = uniqueId("axis");
  const axis = h(
    "select",
    {
      id: axisId,
      class: "tb-select",
      onchange: () => {
        options.x = axis.value as AxisX;
        changed();
      },
    },
    ...AXES.map(([value, label]) => h("option", { value, selected: value === options.x }, label)),
  );
  const smoothId = uniqueId("smooth");
  const said = h("output", { for: smoothId, class: "tb-num tb-smooth-value" }, text(options.smoothing));
  const slider = h("input", {
    id: smoothId,
    type: "range",
    class: "tb-range",
    min: 0,
    max: 0.99,
    step: 0.01,
    value: options.smoothing,
    oninput: () => {
      options.smoothing = Number(slider.value);
      said.textContent = text(options.smoothing);
      changed();
    },
  });
  const toggle = (label: string, name: "log" | "log_x" | "clip" | "grouped", title: string) => {
    const made = button(
      label,
      () => {
        options[name] = !options[name];
        made.setAttribute("aria-pressed", String(options[name]));
        changed();
      },
      { class: "tb-button tb-toggle", "aria-pressed": String(options[name]), title },
    );
    return made;
  };
  const group = toggle("Mean and band", "grouped", "Mean of each group of runs, one standard deviation shaded");
  group.hidden = !groups;
  const whole = button("Show all", showAll, { class: "tb-button", title: "Leave the stretch that is shown (Escape)" });
  whole.hidden = true;
  const log = toggle("Log y", "log", "Log axis; symmetric about 0 where some values are not positive");
  const ofX = [h("label", { for: axisId }, "x"), axis, h("label", { for: smoothId }, "Smoothing"), slider, said];
  const others = [
    toggle("Log x", "log_x", "Log axis of steps or seconds"),
    toggle("Clip outliers", "clip", "Leave the outer 2 % of values outside of the axis"),
  ];
  const element = h(
    "div",
    { class: "tb-switches", role: "group", "aria-label": "How curves are drawn" },
    ...ofX,
    log,
    ...others,
    group,
    whole,
  );
  return {
    element,
    zoomed(is) {
      whole.hidden = !is;
    },
    groups(there) {
      group.hidden = !there;
    },
    curves(there) {
      for (const one of [...ofX, ...others]) one.hidden = !there;
      log.textContent = there ? "Log y" : "Log";
    },
  };
}

const text = (smoothing: number) => (smoothing > 0 ? smoothing.toFixed(2) : "off");
