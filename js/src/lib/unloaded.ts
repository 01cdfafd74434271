/** What a kernel says to a cell of ours while it has not loaded trackbook, and which cell of a notebook loads it. */

const MAGICS = "track|runs|compare|registry|report";
const REFUSED = new RegExp(`^(?:Cell magic \`%%|Line magic function \`%)(?:${MAGICS})\` not found`);
const LOADING = /^[ \t]*%(?:re)?load_ext[ \t]+trackbook[ \t]*$/m;

/** Whether a kernel raises this since it knows no magic of ours: after a restart, say. */
export const isUnloaded = (name: string, value: string) => name === "UsageError" && REFUSED.test(value);

/** The place of the first cell with `%load_ext trackbook`; -1 where none has it. */
export const loaderAmong = (sources: readonly string[]) => sources.findIndex((source) => LOADING.test(source));
