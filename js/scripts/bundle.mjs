// Bundles each widget into one ES module and one style sheet, src/trackbook/static/{card,table,compare,chart,registry}.{js,css},
// the loader that travels in their place, and what they share (not with --dev, where a page takes the files as they are);
// and the server's page, page.{js,css}, which has all of it.
// --dev keeps names and adds source maps, --watch rebuilds on change, --harness bundles the pages of harness/ instead.

import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { inCommon, sharedEntry, taking } from "./sharing.mjs";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const flags = new Set(process.argv.slice(2));
const dev = flags.has("--dev");

const widgets = {
  entryPoints: ["card", "table", "compare", "chart", "registry"].map((name) => ({
    in: here(`src/widgets/${name}.ts`),
    out: name,
  })),
  outdir: here("../src/trackbook/static"),
  minify: !dev,
  sourcemap: dev ? "inline" : false,
};
/** What travels with each widget stands alone. */
const loader = { ...widgets, entryPoints: [{ in: here("src/loader/index.ts"), out: "loader" }] };
const page = {
  entryPoints: [{ in: here("src/page/main.ts"), out: "page" }],
  outdir: widgets.outdir,
  minify: !dev,
  sourcemap: dev ? "inline" : false,
};
const harness = {
  entryPoints: [here("harness/main.ts")],
  outdir: here("lib/harness"),
  sourcemap: "inline",
};
const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

/** The widgets' bundles, and what they share. */
async function sharing() {
  const options = { ...common, ...widgets };
  const paths = await inCommon(widgets.entryPoints, options);
  const shared = sharedEntry(paths, here(""));
  const { entryPoints: _, outdir, ...alone } = widgets;
  return [
    { ...widgets, plugins: [taking(shared, paths)] },
    { ...alone, stdin: shared.stdin, outfile: join(outdir, "shared.js") },
  ];
}

// Its licence asks that the notice travels with each copy.
function keepNotices() {
  mkdirSync(widgets.outdir, { recursive: true });
  copyFileSync(here("node_modules/uplot/LICENSE"), join(widgets.outdir, "uplot.LICENSE.txt"));
}

if (!flags.has("--harness")) keepNotices();
const builds = flags.has("--harness") ? [harness] : [...(dev ? [widgets] : await sharing()), loader, page];
for (const build of builds) {
  const options = { ...common, ...build };
  if (flags.has("--watch")) {
    await (await esbuild.context(options)).watch();
    continue;
  }
  const { metafile } = await esbuild.build({ ...options, metafile: true });
  for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
    const packed = gzipSync(readFileSync(path), { level: 9 }).length;
    console.log(
      `${path.padEnd(48)} ${(bytes / 1000).toFixed(1).padStart(7)} kB ${(packed / 1000).toFixed(1).padStart(7)} kB gzipped`,
    );
  }
}
