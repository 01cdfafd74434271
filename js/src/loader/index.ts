/**
 * What travels with each widget in place of its bundle, which is a hundred times as large: it takes the bundle from the
 * page, else from the Jupyter server, which answers while the kernel is busy, else from the kernel.  So it does with what
 * the bundles share, first.
 *
 * Python writes `TRACKBOOK` before it (`widgets/code.py`).
 */
import type { Model } from "../bridge/model";
import { Requests } from "../bridge/requests";
import { importCode } from "./page";
import type { Bundle, Code } from "./shelf";
import { shelfOf } from "./shelf";

interface Given {
  /** of the code */
  hash: string;
  /** with the first widget of a kernel */
  code: Code | null;
}

declare const TRACKBOOK: Given & { shared: Given };

const PATIENCE_MS = 1_500;
for (const given of [TRACKBOOK, TRACKBOOK.shared]) {
  if (given.code !== null) shelfOf(given.hash, importCode).put(given.code);
}

async function render({ model, el }: { model: Model<object>; el: HTMLElement }): Promise<(() => void) | undefined> {
  const note = setTimeout(() => say(el, "status", "Waiting for the kernel to send this view…"), PATIENCE_MS);
  try {
    const shared = await taken(TRACKBOOK.shared.hash, model);
    const bundle = await taken(TRACKBOOK.hash, model);
    clearTimeout(note);
    el.replaceChildren();
    shared.render({ model, el }); // its styles, in a shadow root too
    return bundle.render({ model, el });
  } catch (error) {
    clearTimeout(note);
    const reason = error instanceof Error ? error.message : String(error);
    say(el, "alert", `This view could not be loaded: ${reason} Run its cell again, or reload the page.`);
    return undefined;
  }
}

function taken(hash: string, model: Model<object>): Promise<Bundle> {
  return shelfOf(hash, importCode).take(async () => (await fromServer(hash)) ?? (await fromKernel(hash, model)));
}

/** The code as the Jupyter server has it; null where there is none, or it has another version. */
async function fromServer(hash: string): Promise<Code | null> {
  const config = document.getElementById("jupyter-config-data")?.textContent;
  if (!config) return null;
  try {
    const base: unknown = JSON.parse(config).baseUrl;
    const answer = await fetch(`${base}trackbook/api/code/${hash}`, { credentials: "same-origin" });
    return answer.ok ? ((await answer.json()) as Code) : null;
  } catch {
    return null;
  }
}

async function fromKernel(hash: string, model: Model<object>): Promise<Code> {
  const requests = new Requests<{ code: { params: { hash: string }; result: Code } }>(model);
  try {
    return await requests.ask("code", { hash });
  } finally {
    requests.dispose();
  }
}

function say(el: HTMLElement, role: string, text: string): void {
  const line = document.createElement("div");
  line.setAttribute("role", role);
  line.textContent = text;
  el.replaceChildren(line);
}

export default { render };
