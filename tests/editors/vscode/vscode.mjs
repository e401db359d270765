// A real VS Code: its server, and its window in a headless browser. What a user sees and does, nothing else.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";

export const LIMIT_MS = 30_000;
const POLL_MS = 40;
const START_LIMIT_MS = 120_000;

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
  "security.workspace.trust.enabled": false,
  "workbench.colorTheme": "Default Dark Modern",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "chat.commandCenter.enabled": false,
};

export class VsCode {
  folder = mkdtempSync(join(tmpdir(), "fimd-vscode-"));
  files = join(this.folder, "project");
  data = join(this.folder, "data");
  #server;
  #browser;
  page;

  async start({ server, vsix, settings, env = {} }) {
    const port = await freePort();
    mkdirSync(this.files);
    this.configure(settings);
    const main = join(server, "out/server-main.js");
    const folders = ["--server-data-dir", this.data, "--user-data-dir", this.data, "--extensions-dir", join(this.folder, "extensions")];
    const installed = spawnSync(process.execPath, [main, ...folders, "--install-extension", vsix], { encoding: "utf8" });
    if (installed.status !== 0) throw new Error(`the extension cannot be installed: ${installed.stdout}${installed.stderr}`);
    this.#server = spawn(process.execPath,
      [main, "--host", "127.0.0.1", "--port", `${port}`, "--without-connection-token", "--accept-server-license-terms", ...folders],
      { detached: true, stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, ...env } });
    await new Promise((resolve, reject) => {
      this.#server.once("exit", () => reject(new Error("VS Code's server ended")));
      this.#server.stdout.on("data", (chunk) => `${chunk}`.includes("Extension host agent listening") && resolve());
    });
    this.#browser = await chromium.launch(CHROMIUM);
    this.page = await this.#browser.newPage({ viewport: { width: 1000, height: 560 } });
    this.page.setDefaultTimeout(LIMIT_MS);
    await this.page.goto(`http://127.0.0.1:${port}/?folder=${this.files}`, { timeout: START_LIMIT_MS });
    await this.page.waitForSelector(".monaco-workbench", { timeout: START_LIMIT_MS });
  }

  // The daemon and the extension hosts are in the server's process group.
  async stop() {
    await this.#browser?.close();
    if (this.#server) process.kill(-this.#server.pid, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  // Settings of the machine the extension runs on; VS Code takes them up at once.
  configure(settings) {
    for (const place of ["User", "Machine"]) {
      const file = join(this.data, place, "settings.json");
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify({ ...QUIET, ...settings }, null, 2));
    }
  }

  // Opens a file with this text, `^` being the cursor.
  async open(name, marked) {
    const before = marked.slice(0, marked.indexOf("^"));
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    writeFileSync(join(this.files, name), marked.replace("^", ""));
    await this.choose("Control+P", `${this.files}/${name}:${line}:${column}`, name);
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`);
    await this.page.waitForSelector(".editor-group-container.active .monaco-editor.focused");
  }

  async run(command) {
    await this.choose("F1", command, command);
  }

  // Opens a quick pick with a key, types and takes the first entry once it is the one that is meant.
  async choose(key, text, expected) {
    await this.page.keyboard.press(key);
    const input = this.page.locator(".quick-input-widget .quick-input-box input");
    await input.waitFor();
    await input.fill(key === "F1" ? `>${text}` : text);
    await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: expected }).waitFor();
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  async type(text) {
    await this.page.keyboard.type(text, { delay: 30 });
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  // Waits until the ghost text is this, its lines separated by line feeds; "" means none.
  async ghostIs(text) {
    await this.becomes("the ghost text", ghostText, text);
  }

  // Waits until what `read` finds in the page equals or matches.
  async becomes(what, read, expected, limit = LIMIT_MS) {
    let found = "";
    await this.waitFor(() => `${what} is ${JSON.stringify(found)}, not ${expected}`, async () => {
      found = await this.page.evaluate(read);
      return fits(found, expected);
    }, POLL_MS, limit);
  }

  // Saves, and waits until this is on the disk.
  async saves(name, text) {
    await this.press("Control+S");
    const read = () => readFileSync(join(this.files, name), "utf8");
    await this.waitFor(() => `the file holds ${JSON.stringify(read())}`, () => read() === text);
  }

  // Waits for what no event of the page tells.
  async waitFor(fault, holds, every = POLL_MS, limit = LIMIT_MS) {
    const end = Date.now() + limit;
    while (!(await holds())) {
      if (end < Date.now()) throw new Error(fault());
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }

  // Presses the key until the status bar item or the ghost text is as it should be: for what takes its time.
  async pressUntil(key, what, expected) {
    const read = { status: statusText, ghost: ghostText }[what];
    let found = "";
    await this.waitFor(() => `the ${what} is ${JSON.stringify(found)}, not ${expected}`, async () => {
      await this.press(key);
      found = await this.page.evaluate(read);
      return fits(found, expected);
    }, 200);
  }

  // Waits until the text of the active editor, as far as it is drawn and with its ghost text, matches.
  async textIs(expected, limit = LIMIT_MS) {
    await this.becomes("the text", editorText, expected, limit);
  }

  // The line of the cursor, ghost text included, in every frame that is drawn while `act` runs.
  async framesWhile(act) {
    await this.page.evaluate(recordFrames);
    await act();
    return this.page.evaluate(() => window.stopRecording());
  }

  // Waits until the status bar item, read aloud, matches.
  async statusSays(pattern, limit = LIMIT_MS) {
    await this.becomes("the status", statusText, pattern, limit);
  }

  // Types into the input box that is open.
  async answer(text) {
    const input = this.page.locator(".quick-input-widget .quick-input-box input");
    await input.fill(text);
    await this.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }
}

function fits(found, expected) {
  return expected instanceof RegExp ? expected.test(found) : found === expected;
}

// These run in the page. VS Code draws blanks as no-break spaces.
function ghostText() {
  const text = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
  const lines = [text(".ghost-text-decoration").join(""), ...text(".suggest-preview-text .view-line")];
  return lines.join("\n").replace(/\u00a0/g, " ").trimEnd();
}

function editorText() {
  const lines = [...document.querySelectorAll(".editor-group-container.active .view-lines .view-line")];
  lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top));
  return lines.map((line) => line.textContent.replace(/\u00a0/g, " ")).join("\n");
}

function recordFrames() {
  const frames = [];
  let last = 0;
  const record = () => {
    const cursor = parseFloat(document.querySelector(".editor-group-container.active .cursors-layer .cursor").style.top);
    const lines = [...document.querySelectorAll(".editor-group-container.active .view-lines .view-line")];
    const line = lines.find((line) => parseFloat(line.style.top) === cursor);
    frames.push((line?.textContent ?? "no line").replace(/\u00a0/g, " "));
    last = requestAnimationFrame(record);
  };
  last = requestAnimationFrame(record);
  window.stopRecording = () => (cancelAnimationFrame(last), frames);
}

function statusText() {
  return document.querySelector('.statusbar-item[id*="fimd"] a')?.getAttribute("aria-label") ?? "no status item";
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
