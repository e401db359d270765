// Bundles the extension into dist/extension.js; with the argument "test", its unit tests into dist/test/.
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const options = { bundle: true, platform: "node", target: "node20", format: "cjs", logLevel: "warning" };

if (process.argv[2] === "test") {
  rmSync("dist/test", { recursive: true, force: true });
  const tests = readdirSync("test").filter((name) => name.endsWith(".test.ts"));
  await build({ ...options, entryPoints: tests.map((name) => `test/${name}`), outdir: "dist/test" });
} else {
  await build({
    ...options,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.js",
    external: ["vscode"],
    minify: true,
    // The language client has a CommonJS and a module build; the latter bundles to less.
    mainFields: ["module", "main"],
  });
}
