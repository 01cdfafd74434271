/** What the reader of the page may do: buttons that the server would refuse are not shown. */
import type { PageAbout, Role } from "../bridge/page";

const ORDER: readonly Role[] = ["none", "reader", "editor", "manager", "admin"];

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

  private isAtLeast(role: Role, own: Role = "none"): boolean {
    return Math.max(ORDER.indexOf(this.about.role), ORDER.indexOf(own)) >= ORDER.indexOf(role);
  }
}
