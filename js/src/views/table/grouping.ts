/** By what a table's runs are grouped: the button, its menu, and the groups as they are asked for. */
import { button, icon } from "../dom";
import type { Interval } from "./cells";
import type { Completions } from "./completions";
import type { GroupSource } from "./groups";
import type { Query } from "./host";
import { groupMenu, SEEDS } from "./menus";
import type { Menu } from "./popup";

/** ms between two looks at groups whose runs change */
const PAUSE_MS = 3000;

export interface GroupingHost {
  query(): Query;
  tell(by: string[]): void;
  /** other groups, or other columns of them */
  changed(): void;
  /** other groups are on their way */
  cleared(): void;
  failed(error: unknown): void;
}

export class Grouping {
  interval: Interval = "std";
  readonly button = button("Group", () => void this.open(), { class: "tb-button", "aria-haspopup": "menu" });
  private due: ReturnType<typeof setTimeout> | undefined;

  constructor(
    public keys: string[],
    readonly source: GroupSource,
    private readonly completions: Completions,
    private readonly menu: Menu,
    private readonly host: GroupingHost,
  ) {
    this.button.prepend(icon("group"));
  }

  get isOn(): boolean {
    return this.keys.length > 0;
  }

  async by(keys: string[]): Promise<void> {
    this.keys = keys;
    this.host.tell(keys);
    this.button.setAttribute("aria-pressed", String(this.isOn));
    this.source.clear();
    this.host.cleared();
    await this.load();
  }

  /** By one more column. */
  also(key: string): void {
    void this.by([...this.keys.filter((one) => one !== SEEDS && one !== key), key]);
  }

  toggle(): void {
    void this.by(this.isOn ? [] : [SEEDS]);
  }

  /** Reads the groups, where there are to be any. */
  async load(): Promise<void> {
    if (!this.isOn) return;
    try {
      if (await this.source.load(this.host.query(), this.keys)) this.host.changed();
    } catch (error) {
      this.host.failed(error);
    }
  }

  /** Runs have changed: the groups are read again, not too often. */
  touch(): void {
    this.due ??= setTimeout(() => {
      this.due = undefined;
      void this.load();
    }, PAUSE_MS);
  }

  dispose(): void {
    clearTimeout(this.due);
  }

  private async open(): Promise<void> {
    const columns = await this.completions.columns().catch(() => []);
    const items = groupMenu(
      columns,
      { by: this.keys, interval: this.interval },
      {
        by: (keys) => void this.by(keys),
        interval: (interval) => {
          this.interval = interval;
          this.host.changed();
        },
      },
    );
    this.menu.open("Group by", items, this.button, this.button);
  }
}
