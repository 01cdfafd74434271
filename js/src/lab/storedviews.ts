/**
 * Views that no kernel feeds, drawn from the store by the server extension: in tabs of their own, and in the outputs of a
 * notebook whose kernel is gone, or has not loaded trackbook.  They read; what changes something needs a kernel.
 */
import { serverOf } from "../bridge/standby";
import { drawChart } from "../stored/chart";
import type { About, Source } from "../stored/source";
import { type Drawn, drawCard, drawComparison, drawRegistry, drawTable } from "../stored/views";
import { ask, read } from "./server";
import { options } from "./settings";

type Drawing = (place: HTMLElement, path: string, about: About) => Promise<Drawn>;

/** By the view's name; the notebook's path tells the server which store. */
export const DRAWINGS: Readonly<Record<string, Drawing>> = {
  card: (place, path, about) =>
    drawCard(place, sourceOf(path), about, {
      openNotebook: async (name, text) => (await serverOf(place)?.openNotebook(name, text)) ?? null,
    }),
  table: (place, path, about) => drawTable(place, sourceOf(path), about),
  chart: (place, path, about) => drawChart(place, sourceOf(path), about),
  compare: (place, path, about) => drawComparison(place, sourceOf(path), about),
  registry: (place, path, about) => drawRegistry(place, sourceOf(path), about),
};

/** The store of a notebook. */
export function sourceOf(path: string): Source {
  return {
    ask: <T>(view: string, about: About, method: string, params: object) =>
      ask<T>(view, { path }, { ...about, method, params }),
    follow: (place, renew) => following(path, place, renew),
  };
}

function following(path: string, place: HTMLElement, renew: () => Promise<void>): () => void {
  let known: string | null = null;
  let isFirst = true;
  const look = async () => {
    const { value, etag } = await read("runs", { path }, known);
    known = etag;
    if (value !== null && !isFirst) await renew();
    isFirst = false;
  };
  void look().catch(() => {});
  const refreshing = setInterval(() => {
    if (document.visibilityState === "visible" && place.offsetParent !== null) void look().catch(() => {});
  }, options.refreshSeconds * 1000);
  return () => clearInterval(refreshing);
}
