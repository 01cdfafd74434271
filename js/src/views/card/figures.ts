/** Pictures that the cell showed or logged, small; a click shows one larger. */
import type { Card } from "../../bridge/card";
import { h, user } from "../dom";
import { isPicture } from "../preview";
import type { CardHost } from "./host";
import { section, titled } from "./section";

const PICTURE = /\.(png|jpe?g|gif|webp)$/i;
const SHOWN = 8;
/** Larger ones are fetched when they are opened from the list of artifacts. */
const MOST_BYTES = 1_500_000;

export type Pictures = Map<string, Promise<string | null>>;

export function figures(card: Card, host: CardHost, known: Pictures): HTMLElement | null {
  const { preview } = host;
  if (preview === undefined || card.run.end_ms === null) return null;
  const files = card.artifacts.filter(
    ({ path, size }) => PICTURE.test(path) && !path.startsWith("trackbook/") && (size ?? 0) <= MOST_BYTES,
  );
  if (files.length === 0) return null;
  const large = h("div", { class: "tb-figure-large" });
  const thumbs = files.slice(0, SHOWN).map(({ path }) => thumb(path));
  const list = h("div", { class: "tb-figures", role: "list" }, ...thumbs);
  return section("figures", files.length > 1 ? titled("Figures", String(files.length)) : "Figure", list, large);

  function thumb(path: string): HTMLElement {
    const image = h("img", { alt: "", loading: "lazy", hidden: true });
    const opener = h(
      "button",
      {
        type: "button",
        class: "tb-figure",
        title: `${path}\nClick to see it larger`,
        "aria-expanded": "false",
        onclick: () => {
          const open = opener.getAttribute("aria-expanded") === "true";
          for (const one of list.querySelectorAll("button")) one.setAttribute("aria-expanded", "false");
          opener.setAttribute("aria-expanded", String(!open));
          const whole = h("img", { class: "tb-preview-image", src: image.src, alt: path });
          large.replaceChildren(...(open || image.hidden ? [] : [whole]));
        },
      },
      image,
      user(path.slice(path.lastIndexOf("/") + 1), "tb-figure-name", path),
    );
    void picture(path).then((uri) => {
      if (uri === null) {
        image.replaceWith(h("span", { class: "tb-figure-none" }, "no picture"));
        return;
      }
      image.src = uri;
      image.hidden = false;
    });
    return h("div", { role: "listitem" }, opener);
  }

  function picture(path: string): Promise<string | null> {
    const found =
      known.get(path) ??
      (preview as NonNullable<CardHost["preview"]>)(path).then(
        ({ uri }) => (isPicture(uri) ? uri : null),
        () => null,
      );
    known.set(path, found);
    return found;
  }
}
