/** The left panel: runs of the notebook that was used last, and of its experiment. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ILayoutRestorer } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import type { LabRun, LabRuns } from "../bridge/lab";
import { versionProblem } from "../lib/version";
import { type PanelState, RunsPanel, type Scope } from "../views/runs/panel";
import { keepKeys } from "../views/shortcuts";
import { messageOf } from "../views/view";
import { type Follower, followerOf } from "./follow";
import { runsIcon } from "./icon";
import { jumpTo } from "./jump";
import { kernelOf } from "./kernels";
import { NAMESPACE } from "./names";
import { read } from "./server";
import { openComparison, openNotebookTable, openTable, type Project } from "./tabs";

export const PANEL_ID = "trackbook-runs";

class RunsWidget extends Widget {
  private readonly view: RunsPanel;
  private scope: Scope = "notebook";
  private panel: NotebookPanel | null = null;
  private follower: Follower | null = null;
  /** of the experiment, where that is shown */
  private wide: { experiment: string; runs: LabRuns | null; etag: string | null } | null = null;

  constructor(
    app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    /** those that are selected */
    readonly chosen: string[] = [],
  ) {
    super();
    this.id = PANEL_ID;
    this.addClass("tb-side");
    this.title.icon = runsIcon;
    this.title.caption = "Runs";
    keepKeys(this.node);
    this.view = new RunsPanel(this.node, this.state(), {
      onScope: (scope) => {
        this.scope = scope;
        this.changed();
      },
      jump: (run: LabRun) => jumpTo(app, tracker, run),
      openTable: () => this.openTable(app),
      compare: (run_ids) => this.project && openComparison(app, this.project.path, run_ids),
      onSelect: (run_ids) => {
        chosen.splice(0, chosen.length, ...run_ids);
        app.commands.notifyCommandChanged();
      },
    });
    tracker.currentChanged.connect(this.follow, this);
    this.follow();
  }

  get project(): Project | null {
    if (this.panel === null) return null;
    return { path: this.panel.context.path, experiment: this.follower?.runs?.experiment ?? null };
  }

  /** The table of what is shown: the notebook's runs or the experiment's. */
  private openTable(app: JupyterFrontEnd): void {
    if (this.project === null) return;
    const notebook = this.follower?.runs?.notebook;
    if (this.state().scope === "notebook" && notebook) openNotebookTable(app, this.project.path, notebook);
    else openTable(app, this.project);
  }

  protected override onActivateRequest(): void {
    this.view.focusFilter();
  }

  protected override onAfterShow(): void {
    void this.follower?.refresh();
    this.changed();
  }

  private follow(): void {
    const panel = this.tracker.currentWidget;
    if (panel === this.panel) return;
    this.follower?.changed.disconnect(this.changed, this);
    if (this.panel !== null && !this.panel.isDisposed) kernelOf(this.panel).changed.disconnect(this.changed, this);
    this.panel = panel;
    this.follower = panel === null ? null : followerOf(panel);
    this.follower?.changed.connect(this.changed, this);
    if (panel !== null) kernelOf(panel).changed.connect(this.changed, this);
    this.wide = null;
    this.changed();
  }

  private changed(): void {
    if (this.scope === "experiment" && this.isVisible) void this.readExperiment();
    this.view.update(this.state());
  }

  private state(): PanelState {
    const { panel, follower, scope } = this;
    const experiment = follower?.runs?.experiment ?? null;
    const wide = this.wide !== null && this.wide.experiment === experiment?.experiment_id ? this.wide.runs : null;
    const kernel = panel === null ? null : kernelOf(panel);
    const server = follower?.runs?.version || null;
    return {
      runs: scope === "notebook" ? (follower?.runs ?? null) : wide,
      scope: experiment === null ? "notebook" : scope,
      notebook: panel?.context.path ?? null,
      experiment: experiment?.name ?? null,
      problem: follower?.problem ?? kernel?.problem ?? versionProblem(kernel?.version ?? null, server),
    };
  }

  private async readExperiment(): Promise<void> {
    const { project } = this;
    if (project?.experiment == null) return;
    const { experiment_id } = project.experiment;
    const known = this.wide?.experiment === experiment_id ? this.wide : null;
    this.wide = known ?? { experiment: experiment_id, runs: null, etag: null };
    try {
      const { wide } = this;
      const { value, etag } = await read<LabRuns>("runs", { path: project.path, experiment: experiment_id }, wide.etag);
      wide.etag = etag;
      if (value === null) return;
      wide.runs = value;
      this.view.update(this.state());
    } catch (error) {
      this.view.update({ ...this.state(), problem: messageOf(error) });
    }
  }
}

let widget: RunsWidget | null = null;

/** The runs selected in the panel, and the project they are of. */
export function selection(): { project: Project | null; run_ids: readonly string[] } {
  return { project: widget?.project ?? null, run_ids: widget?.chosen ?? [] };
}

export const panel: JupyterFrontEndPlugin<void> = {
  id: `${NAMESPACE}:panel`,
  description: "The runs of a notebook and of its experiment, in the left panel.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, restorer: ILayoutRestorer | null) => {
    widget = new RunsWidget(app, tracker);
    restorer?.add(widget, PANEL_ID);
    app.shell.add(widget, "left", { rank: 850 });
  },
};
