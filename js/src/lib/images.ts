/** Pictures across steps: all steps there are, and which picture stands for one. */
import type { ImageRef, ImageSeries } from "../bridge/chart";

export function stepsOf(series: readonly ImageSeries[]): number[] {
  return [...new Set(series.flatMap((one) => one.images.map((image) => image.step)))].sort((a, b) => a - b);
}

/** The last picture at this step or before it, else the first. */
export function imageAt(series: ImageSeries, step: number): ImageRef | undefined {
  let found = series.images[0];
  for (const image of series.images) if (image.step <= step) found = image;
  return found;
}
