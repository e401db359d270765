// Runs the tests of tests/ one after the other in one VS Code. See ./run.
import { copyFileSync, cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { Endpoint } from "./endpoint.mjs";
import { statusText } from "./page.mjs";
import { Pictures } from "./pictures.mjs";
import { tests as faults } from "./tests/faults.mjs";
import { tests as film } from "./tests/film.mjs";
import { tests as surface } from "./tests/surface.mjs";
import { tests as typing } from "./tests/typing.mjs";
import { environment, tests as wire } from "./tests/wire.mjs";
import { VsCode } from "./vscode.mjs";

const { values: options } = parseArgs({
  options: {
    server: { type: "string" },
    extensions: { type: "string" },
    binaries: { type: "string" },
    pictures: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});

const TEST_LIMIT_MS = 300_000;
const MOST_FAILURES = 3; // then something is broken, and the rest would only wait
const failures = join(import.meta.dirname, "../../../build/vscode-failures");

const endpoint = new Endpoint();
await endpoint.start();
const vscode = new VsCode();
// A copy of its own, so that a test can tell this daemon from any other on the machine.
mkdirSync(vscode.bin);
for (const name of ["fimd", "fim-lambda"]) copyFileSync(join(options.binaries, name), join(vscode.bin, name));
// Without the predictor fimd waits for the model however slow this machine is.
const settings = { "fimd.endpoint": endpoint.url, "fimd.callsPerMinute": 0, "fimd.predictor": "off" };

let pictures;
let passed = 0;
let failed = 0;

async function run(name, body) {
  const started = Date.now();
  let timer;
  const limit = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("took too long")), TEST_LIMIT_MS)));
  endpoint.reset();
  try {
    await Promise.race([body({ vscode, endpoint, settings, pictures }), limit]);
    ++passed;
    console.log(`ok      ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    ++failed;
    const picture = join(failures, `${name.replace(/\W+/g, "-")}.png`);
    await vscode.page?.screenshot({ path: picture }).catch(() => {});
    const status = await vscode.page?.evaluate(statusText).catch(() => "");
    console.log(`FAILED  ${name}: ${error.stack}\n        ${status}\n        ${picture}`);
    vscode.configure(settings);
    await vscode.press("Escape").catch(() => {});
  } finally {
    clearTimeout(timer);
  }
}

const env = { ...environment(vscode.folder), FIMD_ENDPOINT: "", FIMD_TOKEN: "", CODESTRAL_API_KEY: "", FIM_UPSTREAM_URL: "", FIM_PROVIDER: "" };
try {
  await vscode.start({ server: options.server, extensions: options.extensions, settings, env });
  pictures = new Pictures(vscode.page);
  for (const [name, body] of Object.entries({ ...typing, ...film, ...surface, ...faults, ...wire })) {
    if (!name.includes(options.only)) continue;
    if (failed < MOST_FAILURES) await run(name, body);
    else ++failed, console.log(`FAILED  ${name}: not run, too much is broken`);
  }
} catch (error) {
  ++failed;
  console.log(`FAILED  start: ${error.stack}`);
} finally {
  await vscode.stop();
  await endpoint.stop();
}
if (options.pictures && failed === 0) {
  cpSync(pictures.folder, join(import.meta.dirname, "../../../docs/pictures"), { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
