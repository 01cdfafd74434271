/** What a user sets in JupyterLab's settings, with the schema's defaults until they are read. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { Signal } from "@lumino/signaling";
import { NAMESPACE, SETTINGS } from "./names";

class Options {
  readonly changed = new Signal<this, void>(this);
  marks = true;
  statusBar = true;
  refreshSeconds = 5;

  take(values: { marks?: unknown; statusBar?: unknown; refreshSeconds?: unknown }): void {
    this.marks = values.marks !== false;
    this.statusBar = values.statusBar !== false;
    const seconds = Number(values.refreshSeconds);
    this.refreshSeconds = Number.isFinite(seconds) ? Math.min(3600, Math.max(1, seconds)) : 5;
    this.changed.emit();
  }
}

export const options = new Options();

export const settings: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:settings`,
  description: "Reads trackbook's settings.",
  autoStart: true,
  optional: [ISettingRegistry],
  activate: async (_app: JupyterFrontEnd, registry: ISettingRegistry | null) => {
    const found = await registry?.load(SETTINGS).catch(() => undefined);
    if (found === undefined) return; // of an installation without our schema: the defaults hold
    options.take(found.composite);
    found.changed.connect(() => options.take(found.composite));
  },
};
