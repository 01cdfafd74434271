/**
 * Stored HTML with its drawings as images.  JupyterLab takes `<svg>` out of what it does not trust and leaves the texts of
 * it behind; as an image the same drawing can neither run nor fetch anything.
 */
export function pictured(html: string, ink: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  const writer = new XMLSerializer(); // well-formed, with its namespace
  for (const drawing of page.querySelectorAll<SVGSVGElement>("svg")) {
    if (drawing.parentElement?.closest("svg")) continue;
    drawing.style.color = ink; // an image does not inherit it
    const image = page.createElement("img");
    image.setAttribute("src", `data:image/svg+xml,${encodeURIComponent(writer.serializeToString(drawing))}`);
    image.setAttribute("alt", drawing.getAttribute("aria-label") ?? "");
    drawing.replaceWith(image);
  }
  return page.body.innerHTML;
}
