/** What stands in the cells of a run table. */
import type { Num } from "../../bridge/payloads";
import type { Group, GroupValue } from "../../bridge/table";
import { parseColumn } from "../../lib/columns";
import { formatDelta, formatNumber, fullNumber, toNumber } from "../../lib/number";
import { halfWidth, spreadText, withoutNoise } from "../../lib/stats";
import { plural } from "../../lib/text";
import { h, icon, user, userAnew } from "../dom";

/** What stands behind a mean: the sample's standard deviation, or half the 95 % confidence interval. */
export type Interval = "std" | "ci";

/** Room for text in the narrowest column of values, and beside the dot in that of names; a wide letter. */
export const [LEAST_ROOM_PX, NAME_ROOM_PX, LETTER_PX] = [64, 136, 8];
const PLAIN = /^[\x20-\x7e]*$/;

/** What a user typed, in a cell; cut off with an ellipsis only where it may be too long, since each cut costs at every frame. */
export function fitted(text: string, room_px: number, title = text): HTMLElement {
  return user(text, fits(text, room_px) ? "tb-fits" : "", title);
}

export function fittedAnew(element: HTMLElement, text: string, room_px: number, title = text): void {
  userAnew(element, text, title);
  const isFit = fits(text, room_px);
  if (element.classList.contains("tb-fits") !== isFit) element.classList.toggle("tb-fits", isFit);
}

const fits = (text: string, room_px: number) => text.length * LETTER_PX <= room_px && PLAIN.test(text);

/** How far a metric is from the baseline's; which way is good is not ours to say. */
export function difference(value: Num, other: Num | undefined): HTMLElement {
  const delta = other === undefined ? null : formatDelta(asNum(toNumber(value) - toNumber(other)));
  const title =
    delta === null
      ? "the baseline has no such value"
      : `${delta.text} against the baseline's ${fullNumber(other as Num)}`;
  return h("span", { class: "tb-delta", "data-direction": delta?.direction ?? "unknown", title }, delta?.text ?? "");
}

export function asNum(value: number): Num {
  return Number.isFinite(value) ? value : (String(value) as Num);
}

/** A group's mean with what is behind it. */
export function spread(found: GroupValue | undefined, interval: Interval): Node | null {
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

export function keyOf(group: Group, by: readonly string[]): HTMLElement {
  const parts = by.map((key, i) => ({ label: parseColumn(key).label, value: group.key[i] ?? null }));
  const text = parts.map(({ label, value }) => `${label}=${value ?? "none"}`).join(", ") || "all runs";
  return user(text, "tb-group-key");
}

export function ownKey(group: Group, at: number): Node | null {
  const value = at < 0 ? null : (group.key[at] ?? null);
  return value === null ? null : user(value);
}

/** The mark before a group's name that says whether it is unfolded. */
export function foldMark(isOpen: boolean): Element {
  const mark = icon("chevron");
  mark.setAttribute("data-open", String(isOpen));
  return mark;
}
