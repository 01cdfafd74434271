/** What several bundles use and a page has once: uPlot, and the styles of all views.  `scripts/bundle.mjs` leaves them out elsewhere. */
import "../../style/tokens.css";
import "../../style/base.css";
import "../../style/curves.css";
import uPlot from "uplot";

(globalThis as unknown as Record<symbol, unknown>)[Symbol.for("trackbook.uplot")] = uPlot;

export default { render: () => undefined };
