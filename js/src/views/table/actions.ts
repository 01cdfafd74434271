/** What a table does with its selected runs, and with what it shows as a text. */
import type { Done, TextFormat } from "../../bridge/table";
import { plural } from "../../lib/text";
import { h } from "../dom";
import { messageOf } from "../view";
import type { Chosen } from "./chosen";
import type { Foot, FootHost } from "./foot";
import type { TableHost } from "./host";
import type { TablePanel } from "./panel";
import { rowsQuery, type Source } from "./source";
import { copyTable, copyText, download } from "./takeaway";

export class TableActions {
  constructor(
    private readonly host: TableHost,
    private readonly source: Source,
    private readonly chosen: Chosen,
    private readonly panel: TablePanel,
    private readonly foot: () => Foot,
  ) {}

  /** What the foot offers. */
  offered(done: () => void): FootHost {
    const { ask } = this.host;
    const these = () => ({ run_ids: this.chosen.ids });
    const gone = async (work: Promise<Done>) => {
      const done = await work;
      this.chosen.choose([]);
      return done;
    };
    const { without = [] } = this.host;
    return {
      has: (method) => !without.includes(method),
      clear: () => this.chosen.choose([]),
      register: (run_id, name, alias) => ask("register", { run_id, name, alias }),
      compare: () => void this.compare(),
      tag: (key, value) => ask("tag", { ...these(), key, value }),
      move: (experiment) => gone(ask("move", { ...these(), experiment })),
      experiments: () => ask("experiments", {}),
      trash: () => gone(ask("trash", these())),
      restore: () => gone(ask("restore", these())),
      exportRuns: () => ask("export", these()),
      undo: (token) => ask("undo", { token }),
      done,
    };
  }

  copyTable(format: TextFormat): void {
    void copyTable(format, this.takeaway());
  }

  download(format: TextFormat): void {
    void download(format, this.takeaway());
  }

  copy(text: string): void {
    void copyText(text, this.takeaway());
  }

  private takeaway() {
    const foot = this.foot();
    return {
      text: (format: TextFormat) =>
        this.host.ask("text", { ...rowsQuery(this.source.query), run_ids: this.chosen.ids, format }),
      say: (text: string) => foot.say(text),
      problem: (text: string) => foot.problem(text),
      offer: (text: string) => foot.offer(text),
    };
  }

  private async compare(): Promise<void> {
    const run_ids = this.chosen.ids;
    if (this.host.compare !== undefined) {
      this.host.compare(run_ids);
      return;
    }
    try {
      const place = h("div", {});
      if (await this.host.showWidget(await this.host.ask("compare", { run_ids }), place)) {
        this.panel.open(`Comparison of ${plural(run_ids.length, "run")}`, place);
      } else this.foot().offer(`tb.compare([${run_ids.map((id) => `"${id}"`).join(", ")}])`);
    } catch (error) {
      this.foot().problem(messageOf(error));
    }
  }
}
