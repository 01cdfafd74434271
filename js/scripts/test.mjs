// Bundles the unit tests (src/**/*.test.ts) and hands them to node's own test runner.
// Arguments choose tests by a part of their path: `npm test -- number`.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const wanted = process.argv.slice(2);
const tests = readdirSync(join(root, "src"), { recursive: true })
  .filter((path) => path.endsWith(".test.ts") && (wanted.length === 0 || wanted.some((part) => path.includes(part))))
  .map((path) => join(root, "src", path));

mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
const outdir = mkdtempSync(join(root, "node_modules/.cache/tests-"));
try {
  const loader = { ".css": "empty" };
  const define = { __SRC__: JSON.stringify(join(root, "src")) };
  await esbuild.build({
    entryPoints: tests,
    outdir,
    outbase: join(root, "src"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    loader,
    define,
  });
  const built = readdirSync(outdir, { recursive: true }).filter((path) => path.endsWith(".mjs"));
  const { status } = spawnSync(
    process.execPath,
    [
      "--enable-source-maps",
      "--test",
      "--test-reporter=spec",
      "--test-force-exit",
      ...built.map((path) => join(outdir, path)),
    ],
    { stdio: "inherit" },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
