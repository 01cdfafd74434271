/** When a picture of runs is drawn anew by itself. */
import type { RunColours } from "../../lib/runcolours";

/** Draws when the box has another size (its first one too) and when runs look different, until the returned function is called. */
export function redrawn(box: HTMLElement, looks: RunColours, draw: () => void): () => void {
  const stop = looks.onChange(draw);
  const resize = new ResizeObserver(draw);
  resize.observe(box);
  draw();
  return () => {
    stop();
    resize.disconnect();
  };
}
