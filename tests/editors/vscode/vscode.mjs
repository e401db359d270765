// A real VS Code in a headless browser: what a user sees and does, nothing else. Every wait is for a condition; the
// limit is there for a hang, not for a slow machine.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { chromium } from "playwright-core";

import { documentText, editorText, ghostText, notificationText, statusText, watchLines } from "./page.mjs";
import { Server } from "./server.mjs";

export const LIMIT_MS = 60_000;
const START_LIMIT_MS = 180_000;
const POLL_MS = 40;
const PATIENCE_MS = 2_000; // with one key that asks, before it is asked again

const CHROMIUM = {
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
};

const QUIET = {
  "editor.wordBasedSuggestions": "off",
  "editor.snippetSuggestions": "none",
  "editor.fontSize": 16,
  "editor.minimap.enabled": false,
  "editor.cursorBlinking": "solid",
  "editor.stickyScroll.enabled": false,
  "editor.wordWrap": "off",
  "[markdown]": { "editor.wordWrap": "off" },
  "security.workspace.trust.enabled": false,
  "workbench.colorTheme": "Default Dark Modern",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.quickOpen.closeOnFocusLost": false,
  "workbench.enableExperiments": false,
  "chat.commandCenter.enabled": false,
  "window.commandCenter": false,
  "workbench.layoutControl.enabled": false,
  "workbench.activityBar.location": "hidden",
};

const QUICK_INPUT = ".quick-input-widget .quick-input-box input";

export class VsCode {
  folder = mkdtempSync(join(tmpdir(), "fimd-vscode-"));
  files = join(this.folder, "project");
  data = join(this.folder, "data");
  bin = join(this.folder, "bin"); // in the server's PATH
  page;
  #server = new Server();
  #browser;

  async start({ server, extensions, settings, env }) {
    mkdirSync(this.files);
    this.configure(settings);
    const folders = ["--server-data-dir", this.data, "--user-data-dir", this.data, "--extensions-dir", extensions];
    const path = `${this.bin}:${process.env.PATH}`;
    await this.#server.start({ server, folders, env: { ...env, PATH: path, HOME: this.folder } });
    this.#browser = await chromium.launch(CHROMIUM);
    this.page = await this.#browser.newPage({ viewport: { width: 1000, height: 560 } });
    this.page.setDefaultTimeout(LIMIT_MS);
    await this.visit(`folder=${this.files}`);
  }

  // Opens a folder or a workspace, as `folder=` or `workspace=` and a path, in place of what is open.
  async visit(what) {
    await this.page.goto(`http://127.0.0.1:${this.#server.port}/?${what}`, { timeout: START_LIMIT_MS });
    await this.page.waitForSelector(".monaco-workbench", { timeout: START_LIMIT_MS });
    await this.becomes("the status", statusText, /fimd/, START_LIMIT_MS);
  }

  // The same for a workspace of several folders. VS Code now and then comes up with none of them: then once more.
  async visitWorkspace(file) {
    const title = new RegExp(`${basename(file, ".code-workspace")} \\(workspace\\)`, "i");
    await this.waitFor(() => `${file} does not open`, async () => {
      await this.visit(`workspace=${file}`);
      await this.becomes("the page", documentText, /\(workspace\)|no folder opened/i);
      return title.test(await this.page.evaluate(documentText));
    }, START_LIMIT_MS);
  }

  async stop() {
    await this.#browser?.close();
    this.#server.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  // Settings of the machine the extension runs on; VS Code takes them up at once.
  configure(settings) {
    for (const place of ["User", "Machine"]) this.write(join(this.data, place, "settings.json"), { ...QUIET, ...settings });
  }

  write(file, content, mode = 0o644) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2), { mode });
  }

  // The process of the daemon that runs, or undefined.
  daemon() {
    const program = join(this.bin, "fimd");
    const runs = (process) => {
      try {
        return readlinkSync(`/proc/${process}/exe`).replace(/ \(deleted\)$/, "") === program;
      } catch {
        return false;
      }
    };
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).find(runs);
  }

  // Does what brings another daemon, and waits until that one is ready.
  async restarted(act) {
    const last = this.daemon();
    await act();
    await this.waitFor(() => "no other daemon was started", () => ![undefined, last].includes(this.daemon()));
    await this.statusSays(/ready/);
  }

  // Opens a file with this text, `^` being the cursor.
  async open(name, marked, folder = this.files) {
    const before = marked.slice(0, marked.indexOf("^"));
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    writeFileSync(join(folder, name), marked.replace("^", ""));
    await this.choose("Control+P", `${join(folder, name)}:${line}:${column}`, name);
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`);
    await this.page.waitForSelector(".editor-group-container.active .monaco-editor.focused");
  }

  async run(command) {
    await this.choose("F1", command, command);
  }

  // Opens a quick pick with a key, types and takes the first entry once it is the one that is meant.
  async choose(key, text, expected) {
    await this.page.keyboard.press(key);
    await this.page.locator(QUICK_INPUT).waitFor();
    await this.page.locator(QUICK_INPUT).fill(key === "F1" ? `>${text}` : text);
    await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: expected }).waitFor();
    await this.press("Enter");
    await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: expected }).waitFor({ state: "hidden" });
  }

  // Types into the input box that is open, and closes it.
  async answer(text) {
    await this.page.locator(QUICK_INPUT).fill(text);
    await this.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  // Types as a quick typist does, each key once the one before has been drawn.
  async type(text) {
    for (const key of text) {
      await this.press(key);
      await this.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    }
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  ghost() {
    return this.page.evaluate(ghostText);
  }

  // Waits until the ghost text is this, its lines separated by line feeds; "" means none.
  async ghostIs(text) {
    await this.becomes("the ghost text", ghostText, text);
  }

  // Waits until the text of the active editor, as far as it is drawn and with its ghost text, matches.
  async textIs(expected) {
    await this.becomes("the text", editorText, expected);
  }

  // Waits until the status bar item, read aloud, matches.
  async statusSays(pattern) {
    await this.becomes("the status", statusText, pattern);
  }

  async notificationSays(pattern) {
    await this.becomes("the notification", notificationText, pattern);
  }

  async pageShows(pattern) {
    await this.becomes("the page", documentText, pattern);
  }

  // Waits until what `read` finds in the page equals or matches.
  async becomes(what, read, expected, limit = LIMIT_MS) {
    let found = "";
    await this.waitFor(() => `${what} is ${JSON.stringify(found)}, not ${expected}`, async () => {
      found = await this.page.evaluate(read);
      return fits(found, expected);
    }, limit);
  }

  // Asks by the key again and again until the status or the ghost text is as it should be: for what takes its time.
  // VS Code asks once in one place; a key and its undoing make it ask anew.
  async askUntil(what, expected) {
    const read = { status: statusText, ghost: ghostText }[what];
    const comes = () => this.becomes(`the ${what}`, read, expected, PATIENCE_MS);
    await this.waitFor(() => `the ${what} is not ${expected}, however often it is asked for`, async () => {
      await this.press("x", "Backspace", "Control+Alt+Space");
      return comes().then(() => true, () => false);
    });
  }

  // Saves, and waits until this is on the disk.
  async saves(name, text) {
    await this.press("Control+S");
    const read = () => readFileSync(join(this.files, name), "utf8");
    await this.waitFor(() => `the file holds ${JSON.stringify(read())}`, () => read() === text);
  }

  // Waits for what no event of the page tells.
  async waitFor(fault, holds, limit = LIMIT_MS) {
    const end = Date.now() + limit;
    while (!(await holds())) {
      if (end < Date.now()) throw new Error(fault());
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  // What the lines of the active editor held while `act` ran, ghost text included: { texts, frames, mutations }.
  async watch(act) {
    await this.page.evaluate(watchLines);
    await act();
    return this.page.evaluate(() => window.stopWatching());
  }
}

function fits(found, expected) {
  return expected instanceof RegExp ? expected.test(found) : found === expected;
}
