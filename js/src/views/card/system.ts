/** What the machine did meanwhile: folded, since it is no result; its curves are asked for when it is opened. */
import type { Card } from "../../bridge/card";
import { Curves } from "../../lib/curves";
import { formatNumber } from "../../lib/number";
import { h, user } from "../dom";
import { ChartsSection } from "./charts";
import type { CardHost } from "./host";
import { aside } from "./section";

const PREFIX = "system/";
const BRIEF = 3;
const BUCKETS = 200;
const AGAIN_MS = 5_000;

export class SystemSection {
  private readonly curves = new Curves();
  private readonly charts = new ChartsSection({ memory: null, title: nameOf });
  private readonly remark = aside("");
  private readonly details = h(
    "details",
    { class: "tb-section tb-section-system" },
    h("summary", { class: "tb-section-title" }, "System use ", this.remark),
    this.charts.element,
  );
  readonly element = h("div", { class: "tb-slot", hidden: true }, this.details);
  private keys: string[] = [];
  private asked = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly host: CardHost,
    private readonly now: () => number,
  ) {
    this.details.addEventListener("toggle", () => void this.fetch());
  }

  update(card: Card): void {
    const metrics = card.system ?? []; // none in what an older version saved
    this.element.hidden = metrics.length === 0;
    const telling = [...metrics].sort((one, other) => weight(one.key) - weight(other.key));
    const brief = telling.slice(0, BRIEF).map((metric) => {
      const value = h("b", { class: "tb-num" }, formatNumber(metric.last));
      return h("span", {}, user(nameOf(metric.key)), " ", value);
    });
    this.remark.replaceChildren(h("span", { class: "tb-system-brief" }, ...brief));
    this.keys = metrics.map((metric) => metric.key);
    if (this.details.open) void this.fetch();
  }

  repaint(): void {
    this.charts.repaint();
  }

  dispose(): void {
    this.charts.dispose();
  }

  private async fetch(): Promise<void> {
    if (!this.details.open || this.host.curves === undefined || this.now() - this.asked < AGAIN_MS) return;
    this.asked = this.now();
    try {
      this.curves.replace(await this.host.curves(this.keys.slice(0, 50), BUCKETS));
    } catch {
      this.asked = Number.NEGATIVE_INFINITY; // asked for again with the next news, or when it is opened again
    }
    this.charts.update(this.keys, this.curves);
  }
}

/** What people look for first. */
const FIRST = [/cpu.*percentage/, /gpu.*utilization/, /memory.*percentage/, /memory/];
const weight = (key: string) => (FIRST.findIndex((one) => one.test(key)) + FIRST.length + 1) % (FIRST.length + 1);

/** "cpu_utilization_percentage" -> "cpu %" */
export function nameOf(key: string): string {
  return key
    .replace(PREFIX, "")
    .replace(/^system_|_usage/g, "")
    .replace("_utilization_percentage", " %")
    .replace("_percentage", " %")
    .replace("_megabytes", " MB")
    .replace("_gigabytes", " GB")
    .replace(/_/g, " ");
}
