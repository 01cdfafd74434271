// What several bundles are made of, kept once a page: the bundle `shared` holds it, the others take it from there.
//
// Shared is what the widgets' bundles have in common, found by bundling them once without sharing.  The place on the page
// where it lies has the hash of its content for a name, since a page may hold widgets of two versions.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import * as esbuild from "esbuild";

/** A module that one bundle alone uses stays in it; what two use would travel twice. */
const USERS = 2;
const EXPORTED = /^export (?:async )?(?:function|const|class) (\w+)/gm;
const place = (key) => `globalThis[Symbol.for("trackbook.shared.${key}")]`;

/** The paths that `USERS` or more of these entry points use. */
export async function inCommon(entryPoints, options) {
  const { metafile } = await esbuild.build({
    ...options,
    entryPoints,
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const users = new Map();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput > 0) users.set(path, (users.get(path) ?? 0) + 1);
    }
  }
  return [...users].flatMap(([path, count]) => (count >= USERS ? [resolve(path)] : []));
}

/** The bundle `shared` as an entry of its own: each path's exports under its name, on the page. */
export function sharedEntry(paths, root) {
  const code = paths.filter((path) => !path.endsWith(".css"));
  const key = createHash("sha256");
  for (const path of paths) key.update(`${nameOf(path, root)}\n`).update(readFileSync(path));
  const digest = key.digest("hex").slice(0, 12);
  const contents = [
    ...paths.filter((path) => path.endsWith(".css")).map((path) => `import ${JSON.stringify(path)};`),
    ...code.map((path, i) => `import * as m${i} from ${JSON.stringify(path)};`),
    `${place(digest)} = { ${code.map((_, i) => `m${i}`).join(", ")} };`,
    "export default { render: () => undefined };",
  ].join("\n");
  return { digest, code, stdin: { contents, resolveDir: root, sourcefile: "shared.js" } };
}

/** In a bundle of a widget: what is shared is taken from the page, its styles are there already. */
export function taking({ digest, code }, paths) {
  const shared = new Set(paths);
  return {
    name: "taking-shared",
    setup(build) {
      build.onLoad({ filter: /\.(ts|js|css)$/ }, ({ path }) => {
        if (!shared.has(path)) return undefined;
        if (path.endsWith(".css")) return { contents: "", loader: "css" };
        return { contents: stubOf(path, `${place(digest)}.m${code.indexOf(path)}`), loader: "js" };
      });
    },
  };
}

function stubOf(path, taken) {
  if (!path.endsWith(".ts")) return `export default ${taken}.default`; // a library's one export
  const names = [...readFileSync(path, "utf8").matchAll(EXPORTED)].map(([, name]) => name);
  return `export const { ${names.join(", ")} } = ${taken};`;
}

const nameOf = (path, root) => relative(root, path).split(sep).join("/");
