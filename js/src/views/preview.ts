/** An artifact as its preview shows it: text in a box, rows in a table, a picture; never as a document. */
import type { Preview } from "../bridge/card";
import { button, h } from "./dom";
import { messageOf } from "./view";

/** Draws into `place`: waiting, what came, or why it did not; `address` is where the file itself can be had. */
export async function showPreview(
  place: HTMLElement,
  path: string,
  ask: (path: string) => Promise<Preview>,
  close: () => void,
  address?: string,
): Promise<void> {
  const title = h("bdi", { class: "tb-mono tb-user", title: path }, path);
  const said = h("span", { class: "tb-muted" });
  const shut = button("Close", close, { "aria-label": `Close ${path}` });
  const name = path.slice(path.lastIndexOf("/") + 1);
  const save = address !== undefined && h("a", { class: "tb-button", href: address, download: name }, "Download");
  const body = h("div", { class: "tb-preview-body" }, h("span", { class: "tb-muted" }, "Reading…"));
  const box = h(
    "div",
    {
      class: "tb-preview",
      role: "region",
      "aria-label": `Preview of ${path}`,
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      },
    },
    h("div", { class: "tb-preview-head" }, title, said, save, shut),
    body,
  );
  place.replaceChildren(box);
  shut.focus();
  try {
    const found = await ask(path);
    said.textContent = found.kind === "none" ? "" : found.said;
    body.replaceChildren(drawn(found, path));
  } catch (error) {
    body.replaceChildren(h("span", { class: "tb-form-problem", role: "alert" }, messageOf(error)));
  }
}

function drawn({ kind, text, rows, uri, said }: Preview, path: string): HTMLElement {
  if (kind === "image" && isPicture(uri)) return h("img", { class: "tb-preview-image", src: uri, alt: path });
  if (kind === "table") return table(rows, path);
  if (kind === "notebook") return notebook(rows, path);
  if (kind === "text")
    return text === ""
      ? h("span", { class: "tb-hint" }, "an empty file")
      : h("pre", { tabindex: 0, role: "region", "aria-label": `Text of ${path}` }, text);
  return h("span", { class: "tb-hint" }, `Not shown: ${said}`);
}

/** Only what a browser draws and never runs. */
export function isPicture(uri: string | null): uri is string {
  return uri !== null && /^data:image\/(png|jpeg|gif|webp);base64,/.test(uri);
}

/** A notebook's cells as they were written, without what they put out. */
function notebook(rows: readonly string[][], path: string): HTMLElement {
  const cells = rows.map(([kind = "", count = "", source = ""]) =>
    h(
      "div",
      { class: "tb-preview-cell", "data-kind": kind, role: "listitem" },
      h("span", { class: "tb-muted tb-mono" }, kind === "code" ? `[${count || " "}]` : ""),
      h("pre", {}, source),
    ),
  );
  const label = `Cells of ${path}`;
  return h("div", { class: "tb-preview-notebook", tabindex: 0, role: "region", "aria-label": label }, list(cells));
}

const list = (items: HTMLElement[]) => h("div", { role: "list" }, ...items);

function table(rows: readonly string[][], path: string): HTMLElement {
  const [head = [], ...rest] = rows;
  const cell = (tag: "th" | "td") => (text: string) => h(tag, tag === "th" ? { scope: "col" } : {}, h("bdi", {}, text));
  return h(
    "div",
    { class: "tb-preview-table", tabindex: 0, role: "region", "aria-label": `Rows of ${path}` },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ...head.map(cell("th")))),
      h("tbody", {}, ...rest.map((row) => h("tr", {}, ...row.map(cell("td"))))),
    ),
  );
}
