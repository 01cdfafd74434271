/** A file that the page makes and the browser keeps. */
import { h } from "./dom";

/** The browser has read it by then. */
const GONE_MS = 10_000;

export function saveFile(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), GONE_MS);
}
