/** Lines above a view that say in what state it is: busy, offline, failed. */

import { button, h, icon } from "./dom";
import type { Connection } from "./view";

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
