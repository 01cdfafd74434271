/** What a card's buttons do: each asks the kernel, and says in the card how it went. */
import type { Card } from "../../bridge/card";
import type { CardSnapshot } from "../../bridge/record";
import { snapshotName } from "../../lib/record";
import { toClipboard } from "../clipboard";
import { button, h } from "../dom";
import { saveFile } from "../download";
import type { Notice } from "../notice";
import { messageOf } from "../view";
import type { Acts } from "./actions";
import type { CardHost } from "./host";

/** After which a kernel that has not answered an interrupt does not read messages while it computes. */
const STOP_MS = 2_000;

export interface ActsPlace {
  host: CardHost;
  notice: Notice;
  /** where a comparison opens */
  drawer: HTMLElement;
  card(): Card;
  unfold(): void;
  /** the drawer is shut: the focus goes back */
  leave(): void;
}

export function actsOf({ host, notice, drawer, card, unfold, leave }: ActsPlace): Acts {
  /** Something that is asked of the kernel: said when it is done, or why not. */
  const perform = async (done: string, action: () => Promise<unknown> | undefined, undo?: () => void) => {
    try {
      await action();
      notice.say(done, undo);
    } catch (error) {
      notice.error(messageOf(error));
    }
  };
  const close = () => {
    drawer.replaceChildren();
    leave();
  };
  const acts: Acts = {
    stop: () => void stop(),
    compare: (run_id) => void compare(run_id),
    baseline: (run_id) => void mark(run_id),
    snapshot: (one) => void openSnapshot(one),
    trash: () =>
      void perform(
        "Moved to the trash.",
        () => host.trash?.(),
        () => acts.restore(),
      ),
    restore: () => void perform("Taken out of the trash.", () => host.restore?.()),
    copy: (text) =>
      void perform("Copied.", async () => {
        if (!(await toClipboard(text))) throw new Error(`This page may not copy. It is: ${text}`);
      }),
  };
  const mark = async (run_id: string | null) => {
    let before: string | null = null;
    const done = run_id === null ? "No baseline any more." : "The baseline of the experiment.";
    const action = async () => {
      before = (await host.baseline?.(run_id)) ?? null;
    };
    await perform(done, action, () => void mark(before));
  };
  const openSnapshot = async (one: CardSnapshot) => {
    try {
      const text = (await host.notebook?.(one.path)) ?? "";
      const name = snapshotName(card(), one);
      const opened = (await host.openNotebook?.(name, text)) ?? null;
      if (opened === null) saveFile(name, text, "application/x-ipynb+json");
      notice.say(opened === null ? `Downloaded as ${name}.` : `Opened as ${opened}, a copy of its own.`);
    } catch (error) {
      notice.error(messageOf(error));
    }
  };
  const stop = async () => {
    const waiting = setTimeout(() => {
      if (card().run.end_ms === null)
        notice.say("The kernel reads no messages while it computes: use the notebook's stop button (■).");
    }, STOP_MS);
    try {
      await host.stop?.();
      notice.say("Interrupted: the run ends as soon as its code lets it.");
    } catch (error) {
      notice.error(messageOf(error));
    } finally {
      clearTimeout(waiting);
    }
  };
  const compare = async (run_id: string) => {
    unfold();
    const place = h("div");
    const head = h(
      "div",
      { class: "tb-preview-head" },
      h("span", { class: "tb-strong" }, "Comparison"),
      button("Close", close, { "aria-label": "Close the comparison" }),
    );
    drawer.replaceChildren(h("div", { class: "tb-preview" }, head, place));
    try {
      if (!(await host.compare?.(run_id, place)))
        place.replaceChildren(
          h(
            "span",
            { class: "tb-muted" },
            `This page cannot draw it here: tb.compare(["${run_id}", "${card().run.run_id}"])`,
          ),
        );
    } catch (error) {
      close();
      notice.error(messageOf(error));
    }
  };
  return acts;
}
