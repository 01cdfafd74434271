/** The versions of a cell, in a popup beside its mark. */
import type { Cell, ICellModel } from "@jupyterlab/cells";
import type { NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import type { LabDiff, LabVersions } from "../bridge/lab";
import { VersionsView } from "../views/runs/versions";
import { keepKeys } from "../views/shortcuts";
import { followerOf } from "./follow";
import { ask, read } from "./server";

const MARGIN = 8;

/** The undo manager that Ctrl+Z in the cell's editor goes through: it joins what follows quickly, unless told to stop. */
interface Undoable {
  undoManager?: { stopCapturing(): void };
}

let open: Popup | null = null;

/** Opens the popup of a cell's line at an element, which has the focus again when it is closed. */
export function openVersions(panel: NotebookPanel, cell: Cell<ICellModel>, line: string, anchor: HTMLElement): void {
  const again = open?.anchor === anchor;
  open?.close();
  if (!again) open = new Popup(panel, cell, line, anchor);
}

class Popup {
  private readonly view: VersionsView;
  private readonly holder = new Widget();
  private readonly stop = new AbortController();
  private readonly stops: (() => void)[];

  constructor(
    panel: NotebookPanel,
    private readonly cell: Cell<ICellModel>,
    line: string,
    readonly anchor: HTMLElement,
  ) {
    const path = () => panel.context.path;
    const { sharedModel } = cell.model;
    this.view = new VersionsView({
      versions: async () => (await read<LabVersions>("versions", { path: path(), line })).value as LabVersions,
      diff: (run_id) => ask<LabDiff>("diff", { path: path() }, { run_id, text: sharedModel.getSource() }),
      putBack: (source) => this.putBack(source),
      undo: () => {
        sharedModel.undo();
      },
      close: () => this.close(),
    });
    this.holder.addClass("tb-versions-popup");
    this.holder.node.append(this.view.element);
    Widget.attach(this.holder, document.body);
    anchor.setAttribute("aria-expanded", "true");
    const refresh = () => void this.view.refresh();
    const follower = followerOf(panel);
    follower.changed.connect(refresh);
    const gone = () => this.close(false);
    panel.disposed.connect(gone);
    cell.disposed.connect(gone);
    this.stops = [
      keepKeys(this.holder.node),
      () => follower.changed.disconnect(refresh),
      () => panel.disposed.disconnect(gone),
      () => cell.disposed.disconnect(gone),
    ];
    const options = { signal: this.stop.signal, capture: true };
    document.addEventListener("pointerdown", (event) => this.onPointer(event), options);
    document.addEventListener("scroll", (event) => this.onScroll(event), options);
    window.addEventListener("resize", () => this.place(), options);
    this.place();
    this.view.focus();
  }

  close(giveBack = true): void {
    if (open === this) open = null;
    this.stop.abort();
    for (const stop of this.stops) stop();
    this.view.dispose();
    this.holder.dispose();
    this.anchor.setAttribute("aria-expanded", "false");
    if (giveBack && this.anchor.isConnected) this.anchor.focus();
  }

  private putBack(source: string): boolean {
    if (this.cell.isDisposed || this.cell.model.getMetadata("editable") === false) return false;
    const { sharedModel } = this.cell.model;
    const undo = (sharedModel as unknown as Undoable).undoManager;
    undo?.stopCapturing();
    sharedModel.setSource(source);
    undo?.stopCapturing();
    return true;
  }

  private onPointer({ target }: Event): void {
    const inside = target instanceof Node && (this.holder.node.contains(target) || this.anchor.contains(target));
    if (!inside) this.close(false);
  }

  private onScroll({ target }: Event): void {
    if (target instanceof Node && !this.holder.node.contains(target)) this.place();
  }

  /** Below the mark where there is room, else above it; always whole on the screen. */
  private place(): void {
    const { style, offsetHeight: height, offsetWidth: width } = this.holder.node;
    const at = this.anchor.getBoundingClientRect();
    const below = at.bottom + 4;
    const top = below + height + MARGIN <= window.innerHeight ? below : Math.max(MARGIN, at.top - 4 - height);
    style.top = `${Math.min(top, window.innerHeight - height - MARGIN)}px`;
    style.left = `${Math.max(MARGIN, Math.min(at.left, window.innerWidth - width - MARGIN))}px`;
  }
}
