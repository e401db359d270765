import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const source = readdirSync("src").map((name) => readFileSync(`src/${name}`, "utf8")).join("\n");
const settings: Record<string, { default: unknown; pattern?: string; enum?: unknown[]; scope?: string }> =
  manifest.contributes.configuration.properties;

test("manifest: every command it names exists, and every command that exists is named", () => {
  const named = manifest.contributes.commands.map(({ command }: { command: string }) => command).sort();
  const registered = [...source.matchAll(/^\s*"(fimd\.\w+)": \(\) =>/gm)].map((match) => match[1]).sort();
  assert.deepEqual(registered, named);
});
test("manifest: every key runs one of its commands", () => {
  const named = new Set(manifest.contributes.commands.map(({ command }: { command: string }) => command));
  for (const { command } of manifest.contributes.keybindings) assert.ok(named.has(command), command);
});
test("manifest: every default is valid", () => {
  for (const [name, { default: value, pattern, enum: values }] of Object.entries(settings)) {
    if (pattern) assert.match(String(value), new RegExp(pattern), name);
    if (values) assert.ok(values.includes(value), name);
  }
});
test("manifest: where code goes cannot be set by a folder, and no setting holds a token", () => {
  assert.equal(settings["fimd.path"].scope, "machine");
  assert.equal(settings["fimd.endpoint"].scope, "machine");
  assert.ok(!("fimd.token" in settings));
});
test("manifest: an endpoint is https, or plain http to this machine", () => {
  const pattern = new RegExp(settings["fimd.endpoint"].pattern ?? "");
  for (const good of ["https://x.example/fim", "http://127.0.0.1:8080/fim", "http://localhost/fim", ""]) assert.match(good, pattern);
  for (const bad of ["http://x.example/fim", "x.example", "ftp://x", "http://localhost.example/fim"]) assert.doesNotMatch(bad, pattern);
});
