/** trackbook's icon: a cell and its track. */
import { LabIcon } from "@jupyterlab/ui-components";

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16" fill="none">
<g class="jp-icon3" stroke="#616161" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">
<path d="M2.2 2.7h11.6v3.6H2.2z"/><path d="M2.2 13.2l3.4-3.6 2.6 2 5-4"/></g></svg>`;

export const runsIcon = new LabIcon({ name: "trackbook:runs", svgstr: SVG });
