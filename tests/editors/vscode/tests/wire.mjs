// What passes between VS Code and fimd, seen by ../wire.mjs in between: the candidates, and how long a key takes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { timeKeys } from "../page.mjs";

const AREA = "    return width * height";
const SECOND = "idth + height";

export const environment = (folder) => ({
  WIRE_LOG: join(folder, "wire.log"),
  WIRE_PROGRAM: join(folder, "bin/fimd"),
  WIRE_SECOND: SECOND,
});

const passed = ({ folder }) =>
  readFileSync(join(folder, "wire.log"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

async function reports(vscode, ...expected) {
  const found = () => passed(vscode).flatMap(({ report }) => report ?? []).join();
  await vscode.waitFor(() => `${found()} was reported, not ${expected}`, () => found() === expected.join());
}

// The test with the wire in place of fimd.
function wired(body) {
  return async (context) => {
    const { vscode, settings } = context;
    vscode.write(join(vscode.folder, "wire.log"), "");
    const program = join(import.meta.dirname, "../wire.mjs");
    await vscode.restarted(() => vscode.configure({ ...settings, "fimd.path": program }));
    await body(context);
    await vscode.restarted(() => vscode.configure(settings));
  };
}

export const tests = {
  "every outcome is reported and counted as by the other editors": wired(async ({ vscode, endpoint }) => {
    endpoint.texts = [AREA];
    const open = "def area(width, height):\n    return ^\n";
    await vscode.open("counted.py", open);
    await vscode.type("w");
    await vscode.ghostIs("idth * height");
    await reports(vscode, "shown");
    await vscode.press("Control+ArrowRight");
    await vscode.ghostIs(" * height");
    await reports(vscode, "shown", "4 accepted", "shown");
    await vscode.press("Tab");
    await reports(vscode, "shown", "4 accepted", "shown", "accepted");
    await vscode.open("turned-down.py", open);
    await vscode.type("w");
    await vscode.ghostIs("idth * height");
    await reports(vscode, "shown", "4 accepted", "shown", "accepted", "shown");
    await vscode.press("Escape");
    await reports(vscode, "shown", "4 accepted", "shown", "accepted", "shown", "dismissed");
    await vscode.run("fimd: Show Statistics");
    await vscode.textIs(/ 3 shown, 1 accepted, 1 in part, 1 dismissed/);
  }),

  "keys walk through the candidates": wired(async ({ vscode, endpoint }) => {
    endpoint.texts = [AREA];
    await vscode.open("candidates.py", "def area(width, height):\n    return w^\n");
    await vscode.press("Control+Alt+Space");
    await vscode.ghostIs("idth * height");
    await vscode.press("Alt+BracketRight");
    await vscode.ghostIs(SECOND);
    await vscode.press("Alt+BracketLeft");
    await vscode.ghostIs("idth * height");
    await vscode.press("Alt+BracketRight");
    await vscode.ghostIs(SECOND);
    await vscode.press("Tab");
    await vscode.saves("candidates.py", `def area(width, height):\n    return w${SECOND}\n`);
    const shown = passed(vscode).filter(({ report }) => report === "shown");
    assert.ok(shown.some(({ text }) => text.endsWith(SECOND)), "that it was shown was not reported");
  }),

  "the way of a key is measured": wired(async ({ vscode, endpoint }) => {
    const letters = [..."abcdefghijklmnopqrst"];
    endpoint.texts = letters.map((letter) => `on${letter} = first("${letter}")`);
    await vscode.open("measured.py", "^\n");
    await vscode.page.evaluate(timeKeys);
    for (const letter of letters) {
      await vscode.type(`on${letter}`); // with the third letter fimd knows how it goes on
      await vscode.ghostIs(` = first("${letter}")`);
      await vscode.press("Tab");
      await vscode.ghostIs("");
      await vscode.press("Enter");
    }
    const { keys, drawn } = await vscode.page.evaluate(() => window.keyTimes());
    const rows = passed(vscode);
    const ways = keys.filter((_, at) => at % 5 === 2).map((key) => wayOf(key, rows, drawn));
    assert.equal(ways.length, letters.length);
    const show = (name) => `${median(ways.map((way) => way[name])).toFixed(1)} ms`;
    console.log(`        key to request ${show("asking")} (50 ms of it VS Code's own delay), ` +
      `fimd and the wire ${show("answering")}, answer to drawn ${show("drawing")}; medians of ${letters.length}`);
  }),
};

// From a key to the ghost text that it brings, by the stations on the way.
function wayOf(key, rows, drawn) {
  const answer = rows.find((row) => row.items > 0 && row.answer > key);
  const { request } = rows.find((row) => row.id === answer.id && row.request);
  const shown = drawn.find((time) => time > answer.answer);
  assert.ok(key < request && shown, "an answer that no key asked for");
  return { asking: request - key, answering: answer.answer - request, drawing: shown - answer.answer };
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
