// Removes what the build writes, so that nothing old is packed.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

for (const path of ["lib", "lib/harness", "../src/trackbook/static", "../src/trackbook/labextension"]) {
  rmSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), { recursive: true, force: true });
}
