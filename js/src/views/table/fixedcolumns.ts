/** Columns that every table has, whatever its runs hold. */
import { cellElement } from "../cell";
import { h, user, userAnew } from "../dom";
import { statusBadge } from "../status";
import { type ColumnSpec, fixed } from "./columnspec";

export function runsColumn(): ColumnSpec {
  return fixed({
    id: "runs",
    label: "Runs",
    sort: null,
    width_px: 64,
    align: "end",
    cell: () => null,
    group: (group) => h("span", {}, String(group.runs)),
  });
}

export function status(): ColumnSpec {
  return fixed({
    id: "status",
    label: "Status",
    sort: "attributes.status",
    width_px: 112,
    cell: ({ run, error }) => statusBadge(run.status, error),
    renew: (_, { run, error }, before) => run.status === before.run.status && error === before.error,
    value: ({ run }) => run.status,
  });
}

export function cell(): ColumnSpec {
  return fixed({
    id: "cell",
    label: "Cell",
    sort: "attributes.cell",
    width_px: 112,
    grow: 1,
    cell: ({ cell }) => cell && cellElement(cell),
    value: ({ cell }) => cell?.line ?? null,
  });
}

export function experiment(): ColumnSpec {
  return fixed({
    id: "experiment",
    label: "Experiment",
    sort: "attributes.experiment",
    width_px: 128,
    grow: 1,
    cell: ({ run }) => user(run.experiment),
    renew: (content, { run }) => {
      userAnew(content, run.experiment);
      return true;
    },
    value: ({ run }) => run.experiment,
  });
}
