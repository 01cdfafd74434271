/** Texts that follow the time: each says when it is worth looking again; one timer serves all of a view. */
import type { RunHead } from "../bridge/payloads";
import { formatAbsolute, formatDuration, formatElapsed, formatRelative } from "../lib/time";
import { h } from "./dom";

export class Clock {
  private readonly texts = new Map<HTMLElement, () => string>();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(readonly now: () => number = Date.now) {}

  /** Keeps the element's text up to date for as long as it is in the page. */
  keep(element: HTMLElement, text: () => string): HTMLElement {
    element.textContent = text();
    this.texts.set(element, text);
    this.timer ??= setInterval(() => this.tick(), 1000);
    return element;
  }

  /** "3 min ago", the full time in the title; in an element of another time where one is given. */
  since(time_ms: number, element: HTMLElement = h("time")): HTMLElement {
    element.title = formatAbsolute(time_ms);
    element.setAttribute("datetime", isoOf(time_ms) ?? "");
    return this.keep(element, () => formatRelative(time_ms, this.now()));
  }

  /** How long it took, or has taken until now; in an element of another span where one is given. */
  took(
    { start_ms, end_ms, paused_ms = 0 }: Pick<RunHead, "start_ms" | "end_ms" | "paused_ms">,
    element: HTMLElement = h("span", { class: "tb-duration" }),
  ): HTMLElement {
    if (end_ms === null) return this.keep(element, () => formatElapsed(this.now() - start_ms - paused_ms));
    this.texts.delete(element);
    element.textContent = formatDuration(end_ms - start_ms - paused_ms);
    return element;
  }

  dispose(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.texts.clear();
  }

  private tick(): void {
    for (const [element, text] of this.texts) {
      if (!element.isConnected) this.texts.delete(element);
      else if (element.textContent !== text()) element.textContent = text();
    }
  }
}

function isoOf(time_ms: number): string | null {
  const time = new Date(time_ms);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
