/** Which trackbook this is: a page may hold bundles of one version and the extension of another. */
export const VERSION = "0.1.0";

/**
 * What to do where a kernel and JupyterLab have different versions; null where they fit, or one is unknown.  An empty
 * text is the version of an extension that does not tell.
 */
export function versionProblem(kernel: string | null, lab: string | null): string | null {
  if (kernel === null || lab === null || kernel === lab) return null;
  return (
    `The kernel has trackbook ${kernel}, JupyterLab has ${lab || "an older one"}: some views may lack parts. ` +
    "Install the same version in both environments, then restart the kernel and reload the page."
  );
}
