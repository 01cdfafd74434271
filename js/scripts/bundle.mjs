// Bundles each widget into one ES module and one style sheet, src/trackbook/static/{card,table,compare,chart,registry}.{js,css},
// and the loader that travels in their place.
// --dev keeps names and adds source maps, --watch rebuilds on change, --harness bundles the pages of harness/ instead.

import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const flags = new Set(process.argv.slice(2));
const dev = flags.has("--dev");

const widgets = {
  entryPoints: [
    ...["card", "table", "compare", "chart", "registry"].map((name) => ({
      in: here(`src/widgets/${name}.ts`),
      out: name,
    })),
    { in: here("src/loader/index.ts"), out: "loader" },
  ],
  outdir: here("../src/trackbook/static"),
  minify: !dev,
  sourcemap: dev ? "inline" : false,
};
const harness = {
  entryPoints: [here("harness/main.ts")],
  outdir: here("lib/harness"),
  sourcemap: "inline",
};
const options = {
  ...(flags.has("--harness") ? harness : widgets),
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

// Its licence asks that the notice travels with each copy.
function keepNotices() {
  mkdirSync(widgets.outdir, { recursive: true });
  copyFileSync(here("node_modules/uplot/LICENSE"), join(widgets.outdir, "uplot.LICENSE.txt"));
}

if (!flags.has("--harness")) keepNotices();
if (flags.has("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  const { metafile } = await esbuild.build({ ...options, metafile: true });
  for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
    const packed = gzipSync(readFileSync(path), { level: 9 }).length;
    console.log(
      `${path.padEnd(48)} ${(bytes / 1000).toFixed(1).padStart(7)} kB ${(packed / 1000).toFixed(1).padStart(7)} kB gzipped`,
    );
  }
}
