/** A notebook's document for a run's snapshot: with outputs only where they are wanted, and told by its changes. */
import type { NotebookPanel } from "@jupyterlab/notebook";
import { type Cell, type Document, Revisions, type Told } from "../lib/revisions";

/** Of one cell's outputs, in characters of JSON: what is longer stays here, as the kernel would not keep it. */
const MOST_OUTPUTS = 1_000_000;

type Model = NonNullable<NotebookPanel["content"]["model"]>;
type SharedCell = Model["sharedModel"]["cells"][number];
type CodeCell = Extract<SharedCell, { cell_type: "code" }>;

const revisions = new WeakMap<Model, Revisions>();

/** `known` are the revisions that the kernel has. */
export function told(model: Model, known: readonly string[], outputs: boolean): Told {
  let own = revisions.get(model);
  if (own === undefined) {
    own = new Revisions(`${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`);
    revisions.set(model, own);
  }
  return own.tell(documentOf(model, outputs), known);
}

function documentOf({ sharedModel }: Model, outputs: boolean): Document {
  const { metadata, nbformat, nbformat_minor, cells } = sharedModel;
  return { metadata, nbformat, nbformat_minor, cells: cells.map((cell) => cellOf(cell, outputs)) };
}

/** By hand, since a cell's own JSON begins with a copy of its outputs, which may be large. */
function cellOf(cell: SharedCell, outputs: boolean): Cell {
  if (!isCode(cell)) return cell.toJSON() as Cell;
  const source = { id: cell.id, cell_type: cell.cell_type, source: cell.getSource(), metadata: cell.getMetadata() };
  if (!outputs) return source;
  return { ...source, execution_count: cell.execution_count, ...capped(cell.getOutputs()) };
}

function isCode(cell: SharedCell): cell is CodeCell {
  return cell.cell_type === "code";
}

/** The first outputs that have room, and how many have not. */
function capped(all: readonly unknown[]): { outputs: unknown[]; left_out: number } {
  let room = MOST_OUTPUTS;
  const outputs: unknown[] = [];
  for (const one of all) {
    room -= JSON.stringify(one).length;
    if (room < 0) break;
    outputs.push(one);
  }
  return { outputs, left_out: all.length - outputs.length };
}
