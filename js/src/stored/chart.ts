/** A chart that no kernel feeds, drawn from the store as it was asked for. */
import type { ChartState, CurveSeries } from "../bridge/chart";
import { chartView } from "../views/chart/index";
import { type About, asker, type Source } from "./source";
import type { Drawn } from "./views";

export async function drawChart(place: HTMLElement, source: Source, about: About): Promise<Drawn> {
  const put = asker(source, "chart", about);
  return chartView(place, await put<ChartState>("state", {}), {
    curves: (params) => put<CurveSeries[]>("curves", params),
    image: (run_id, path) => put<{ uri: string }>("image", { run_id, path }),
    renew: () => put<ChartState>("state", {}),
  });
}
