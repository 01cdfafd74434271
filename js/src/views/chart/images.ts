/** Pictures of several runs side by side, at the same step; a slider goes through the steps. */
import type { ImageSeries } from "../../bridge/chart";
import { imageAt, stepsOf } from "../../lib/images";
import { type RunColours, sharedRunColours } from "../../lib/runcolours";
import { h, uniqueId, user } from "../dom";
import { messageOf } from "../view";
import { swatch } from "./legend";

export interface ImagesHost {
  image?(run_id: string, path: string): Promise<{ uri: string }>;
}

export interface ImagesView {
  readonly element: HTMLElement;
  dispose(): void;
}

const KEPT = 300;

export function imagesView(
  series: readonly ImageSeries[],
  host: ImagesHost,
  looks: RunColours = sharedRunColours(),
): ImagesView {
  const steps = stepsOf(series);
  let at = steps.length - 1;
  const kept = new Map<string, Promise<string>>();
  const id = uniqueId("step");
  const slider = h("input", {
    id,
    type: "range",
    class: "tb-range",
    min: 0,
    max: Math.max(0, steps.length - 1),
    step: 1,
    value: at,
    oninput: () => choose(Number(slider.value)),
  });
  const said = h("output", { for: id, class: "tb-num" });
  const bar = h("div", { class: "tb-switches" }, h("label", { for: id }, "Step"), slider, said);
  bar.hidden = steps.length < 2;
  const tiles = series.map((one) => tile(one, looks));
  const element = h(
    "div",
    { class: "tb-images" },
    bar,
    h("div", { class: "tb-image-grid" }, ...tiles.map((one) => one.element)),
  );

  function choose(next: number): void {
    at = next;
    const step = steps[at] ?? 0;
    said.textContent = `${step}`;
    slider.setAttribute("aria-valuetext", `step ${step}`);
    for (const [i, one] of series.entries()) void show(one, tiles[i] as Tile, step);
  }

  async function show(one: ImageSeries, { picture, caption, element: box }: Tile, step: number): Promise<void> {
    const image = imageAt(one, step);
    if (image === undefined || box.dataset.path === image.path) return;
    box.dataset.path = image.path;
    caption.textContent = image.step === step ? `step ${image.step}` : `step ${image.step}, the last before`;
    try {
      const uri = await uriOf(one.run, image.path);
      if (box.dataset.path !== image.path) return;
      picture.src = uri;
      picture.alt = `${one.key} of ${one.name} at step ${image.step}`;
      box.dataset.state = "shown";
    } catch (error) {
      if (box.dataset.path !== image.path) return;
      box.dataset.state = "gone";
      caption.textContent = messageOf(error);
    }
  }

  function uriOf(run: string, path: string): Promise<string> {
    const name = `${run}/${path}`;
    const known = kept.get(name);
    if (known !== undefined) return known;
    const asked = (
      host.image?.(run, path) ?? Promise.reject(new Error("Nobody answers: pictures cannot be fetched."))
    ).then(({ uri }) => safe(uri));
    kept.set(name, asked);
    asked.catch(() => kept.delete(name));
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as string);
    return asked;
  }

  choose(at);
  return {
    element,
    dispose: () => element.remove(),
  };
}

interface Tile {
  element: HTMLElement;
  picture: HTMLImageElement;
  caption: HTMLElement;
}

function tile(one: ImageSeries, looks: RunColours): Tile {
  const picture = h("img", { class: "tb-image", alt: "", decoding: "async" });
  const caption = h("div", { class: "tb-aside" });
  const head = h(
    "div",
    { class: "tb-image-head" },
    swatch(looks.colour(one.run), false),
    user(one.name, "tb-strong"),
    user(one.key, "tb-aside"),
  );
  return {
    element: h("figure", { class: "tb-image-tile", "data-state": "loading" }, head, picture, caption),
    picture,
    caption,
  };
}

/** Only pictures, as bytes: no address of another place and no document. */
function safe(uri: string): string {
  if (!/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/.test(uri))
    throw new Error("This is no picture that can be shown.");
  return uri;
}
