import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { findBinary } from "../src/binary";

const folder = mkdtempSync(join(tmpdir(), "fimd-binary-"));
const [extension, first, second] = ["extension", "first", "second"].map((name) => join(folder, name));
mkdirSync(join(extension, "bin"), { recursive: true });
for (const place of [first, second]) {
  mkdirSync(place);
  writeFileSync(join(place, "fimd"), "", { mode: 0o755 });
}
writeFileSync(join(folder, "no-program"), "", { mode: 0o644 });

test("binary: the setting comes first", () => {
  assert.deepEqual(findBinary(join(second, "fimd"), extension, first), { path: join(second, "fimd") });
});
test("binary: PATH in its order, relative parts apart", () => {
  assert.deepEqual(findBinary("", extension, `.:bin:${first}:${second}`), { path: join(first, "fimd") });
});
test("binary: nowhere", () => {
  assert.match(problem("", folder), /not in PATH/);
});
test("binary: a setting that names no program says so, and nothing else is taken", () => {
  assert.match(problem(join(folder, "no-program"), first), /names no program: .*no-program/);
  assert.match(problem(folder, first), /names no program/);
  assert.match(problem("fimd", first), /absolute path/);
});
test("binary: the copy inside the extension comes before PATH", () => {
  const bundled = join(extension, "bin", "fimd");
  writeFileSync(bundled, "", { mode: 0o755 });
  assert.deepEqual(findBinary("", extension, first), { path: bundled });
});

function problem(setting: string, path: string): string {
  const found = findBinary(setting, extension, path);
  return "problem" in found ? found.problem : `found ${found.path}`;
}
