/** Lines above a view that say in what state it is: busy, offline, failed. */

import { button, h, icon } from "./dom";
import type { Connection } from "./view";

const SHOWN_MS = 12_000;

/** A line that stays above a view: what keeps it from being whole, and what to do. */
export function remark(text: string): HTMLElement {
  return h(
    "div",
    { class: "tb-notice tb-remark", role: "status" },
    icon("warning"),
    h("span", { class: "tb-wrap" }, text),
  );
}

/** A place for at most one notice; assistive technology is told of changes. */
export class Notice {
  readonly element = h("div", { class: "tb-notices", role: "status" });

  connection(connection: Connection): void {
    if (connection.state === "live") {
      this.clear();
      return;
    }
    const busy = connection.state === "busy";
    const text = busy ? "The kernel is busy: waiting for its answer…" : connection.message;
    const mark = busy ? h("span", { class: "tb-spinner", "aria-hidden": "true" }) : icon("offline");
    this.element.replaceChildren(
      h("div", { class: "tb-notice", "data-kind": connection.state }, mark, h("span", {}, text)),
    );
  }

  clear(): void {
    this.element.replaceChildren();
  }

  /** Something is done; `undo` takes it back.  Goes away by itself. */
  say(message: string, undo?: () => void): void {
    const back =
      undo &&
      button("Undo", () => {
        this.clear();
        undo();
      });
    const line = h(
      "div",
      { class: "tb-notice", "data-kind": "done" },
      icon("check"),
      h("span", { class: "tb-wrap" }, message),
      back,
    );
    this.element.replaceChildren(line);
    setTimeout(() => {
      if (line.isConnected && !line.matches(":focus-within")) line.remove();
    }, SHOWN_MS);
  }

  error(message: string, retry?: () => void): void {
    const again =
      retry &&
      button("Try again", () => {
        this.clear();
        retry();
      });
    this.element.replaceChildren(
      h(
        "div",
        { class: "tb-notice", "data-kind": "error" },
        icon("warning"),
        h("span", { class: "tb-wrap" }, message),
        again,
      ),
    );
  }
}
