/** What the reader of the page may do: buttons that the server would refuse are not shown. */
import type { PageAbout, Role } from "../bridge/page";
import type { Decision } from "../bridge/registry";

const ORDER: readonly Role[] = ["none", "reader", "editor", "manager", "admin"];

/** Before the name of a group among approvers. */
const GROUP = "group:";

export class Roles {
  constructor(private readonly about: PageAbout) {}

  /** On an experiment; with null on all of them. */
  mayEdit(experiment_id: string | null, role: Role = "editor"): boolean {
    const own = experiment_id === null ? undefined : this.about.experiments[experiment_id];
    return this.isAtLeast(role, own);
  }

  /** Of all experiments or of any: what is shown then may be refused for a single one. */
  mayEditSome(role: Role = "editor"): boolean {
    return this.isAtLeast(role) || Object.values(this.about.experiments).some((own) => this.isAtLeast(role, own));
  }

  mayChange(name: string | null): boolean {
    if (name !== null) return this.isAtLeast("editor", this.about.models[name]);
    return this.isAtLeast("editor") || Object.values(this.about.models).some((own) => this.isAtLeast("editor", own));
  }

  /** Approvers decide; whoever asked may take it back. */
  mayDecide(decision: Decision, asker: string, approvers: readonly string[]): boolean {
    const { user, groups } = this.about;
    if (user === null || (decision === "refuse" && asker === user)) return true;
    return [user, ...groups.map((name) => `${GROUP}${name}`)].some((one) => approvers.includes(one));
  }

  private isAtLeast(role: Role, own: Role = "none"): boolean {
    return Math.max(ORDER.indexOf(this.about.role), ORDER.indexOf(own)) >= ORDER.indexOf(role);
  }
}
