// Runs the tests of tests.mjs one after the other in one VS Code. See ./run.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { Endpoint } from "./endpoint.mjs";
import { tests } from "./tests.mjs";
import { VsCode } from "./vscode.mjs";

const { values: options } = parseArgs({
  options: {
    server: { type: "string" },
    vsix: { type: "string" },
    binaries: { type: "string" },
    only: { type: "string", default: "" },
  },
});

const TEST_LIMIT_MS = 120_000;
const failures = join(import.meta.dirname, "../../../build/vscode-failures");

const endpoint = new Endpoint();
await endpoint.start();
const vscode = new VsCode();
// A copy of its own, so that a test can tell this daemon from any other on the machine.
const binary = join(vscode.folder, "bin/fimd");
mkdirSync(join(vscode.folder, "bin"));
for (const name of ["fimd", "fim-lambda"]) copyFileSync(join(options.binaries, name), join(vscode.folder, "bin", name));
const settings = { "fimd.path": binary, "fimd.endpoint": endpoint.url, "fimd.callsPerMinute": 0 };

let passed = 0;
let failed = 0;

async function run(name, body) {
  const started = Date.now();
  let timer;
  const limit = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("took too long")), TEST_LIMIT_MS)));
  try {
    await Promise.race([body({ vscode, endpoint, settings, binary }), limit]);
    ++passed;
    console.log(`ok      ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    ++failed;
    const picture = join(failures, `${name.replace(/\W+/g, "-")}.png`);
    await vscode.page?.screenshot({ path: picture }).catch(() => {});
    console.log(`FAILED  ${name}: ${error.stack}\n        ${picture}`);
  } finally {
    clearTimeout(timer);
  }
}

const environment = { FIMD_ENDPOINT: "", FIMD_TOKEN: "", CODESTRAL_API_KEY: "", FIM_UPSTREAM_URL: "", FIM_PROVIDER: "" };
try {
  await vscode.start({ server: options.server, vsix: options.vsix, settings, env: environment });
  for (const [name, body] of Object.entries(tests)) {
    if (name.includes(options.only)) await run(name, body);
  }
} catch (error) {
  ++failed;
  console.log(`FAILED  start: ${error.stack}`);
} finally {
  await vscode.stop();
  await endpoint.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
