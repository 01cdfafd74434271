// Bundles each widget into one ES module and one style sheet, src/trackbook/static/{card,table,compare,chart,registry}.{js,css},
// the loader that travels in their place, and what they share (not with --dev, where a page takes the files as they are);
// and the server's page, page.{js,css}, which has all of it.
// --dev keeps names and adds source maps, --watch rebuilds on change, --harness bundles the pages of harness/ instead.

import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const flags = new Set(process.argv.slice(2));
const dev = flags.has("--dev");

// In all bundles but `shared` its parts are what the page has of them.
function sharing() {
  return {
    name: "sharing",
    setup(build) {
      const elsewhere = (namespace) => (args) =>
        args.importer.endsWith("shared.ts") ? undefined : { path: args.path, namespace };
      build.onResolve({ filter: /^uplot$/ }, elsewhere("shared-module"));
      build.onResolve({ filter: /\/style\/(tokens|base|curves)\.css$/ }, elsewhere("shared-style"));
      build.onLoad({ filter: /.*/, namespace: "shared-module" }, () => ({
        contents: 'export default globalThis[Symbol.for("trackbook.uplot")]',
      }));
      build.onLoad({ filter: /.*/, namespace: "shared-style" }, () => ({ contents: "" }));
    },
  };
}

const widgets = {
  entryPoints: [
    ...["card", "table", "compare", "chart", "registry"].map((name) => ({
      in: here(`src/widgets/${name}.ts`),
      out: name,
    })),
    { in: here("src/loader/index.ts"), out: "loader" },
    { in: here("src/loader/shared.ts"), out: "shared" },
  ],
  outdir: here("../src/trackbook/static"),
  minify: !dev,
  plugins: dev ? [] : [sharing()],
  sourcemap: dev ? "inline" : false,
};
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
const builds = flags.has("--harness") ? [harness] : [widgets, page];
const common = {
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
