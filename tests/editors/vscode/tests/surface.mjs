// Status, commands and settings of the extension.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const OPEN_AREA = "def area(width, height):\n    ^\n";
const AREA = "    return width * height";

async function typesInto({ vscode, endpoint }, name) {
  endpoint.texts = [AREA];
  await vscode.open(name, OPEN_AREA);
  await vscode.type("return w");
}

export const tests = {
  "a file named like a secret gets nothing, and the status says why": async ({ vscode, endpoint }) => {
    endpoint.texts = ["PASSWORD=hunter2"];
    await vscode.open(".env", "USER=me\n^\n");
    await vscode.type("PASS");
    await vscode.statusSays(/no suggestion, because .*\.env.* keeps it on this machine/);
    await vscode.ghostIs("");
    assert.deepEqual(endpoint.requests, []);
  },

  "settings apply at once, and the program goes on": async ({ vscode, endpoint, settings }) => {
    const daemon = vscode.daemon();
    vscode.configure({ ...settings, "fimd.exclude": ["private.*"] });
    await typesInto({ vscode, endpoint }, "private.py");
    await vscode.statusSays(/because .*"private\.\*".* keeps it on this machine/);
    await vscode.ghostIs("");
    assert.deepEqual(endpoint.requests, []);
    vscode.configure(settings);
    await vscode.askUntil("ghost", "idth * height");
    assert.equal(vscode.daemon(), daemon);
  },

  "it can be switched off and on for a file": async ({ vscode, endpoint }) => {
    await typesInto({ vscode, endpoint }, "off.py");
    await vscode.ghostIs("idth * height");
    await vscode.run("fimd: Switch On or Off for This File");
    await vscode.statusSays(/switched off for this file/);
    await vscode.type("i");
    await vscode.ghostIs("");
    await vscode.run("fimd: Switch On or Off for This File");
    await vscode.statusSays(/ready/);
    await vscode.askUntil("ghost", "dth * height");
  },

  "it can be switched off and on for a language": async ({ vscode, endpoint }) => {
    await typesInto({ vscode, endpoint }, "language.py");
    await vscode.ghostIs("idth * height");
    await vscode.run("fimd: Switch On or Off for This Language");
    await vscode.statusSays(/switched off for python/);
    await vscode.type("i");
    await vscode.ghostIs("");
    await vscode.run("fimd: Switch On or Off for This Language");
    await vscode.statusSays(/ready/);
    await vscode.askUntil("ghost", "dth * height");
  },

  "it can be switched off and on everywhere": async ({ vscode, endpoint, pictures }) => {
    await typesInto({ vscode, endpoint }, "everywhere.py");
    await vscode.ghostIs("idth * height");
    await vscode.run("fimd: Switch On or Off Everywhere");
    await vscode.statusSays(/switched off/);
    await pictures.status("off");
    await vscode.type("i");
    await vscode.ghostIs("");
    await vscode.run("fimd: Switch On or Off Everywhere");
    await vscode.statusSays(/ready/);
    await vscode.askUntil("ghost", "dth * height");
  },

  "the token reaches the endpoint, and no settings file": async ({ vscode, endpoint, pictures }) => {
    endpoint.token = "right-horse";
    await vscode.open("token.py", OPEN_AREA);
    await vscode.type("return w");
    await vscode.statusSays(/cannot be asked.*Unauthorized/s);
    await pictures.status("error");
    await vscode.restarted(async () => {
      await vscode.run("fimd: Set the Endpoint's Token");
      await vscode.answer("right-horse");
    });
    endpoint.texts = [AREA];
    await vscode.askUntil("ghost", "idth * height");
    assert.equal(endpoint.requests.at(-1).authorization, "Bearer right-horse");
    for (const file of filesUnder(vscode.data)) assert.ok(!readFileSync(file).includes("right-horse"), `${file} holds it`);
    await vscode.restarted(async () => {
      await vscode.run("fimd: Set the Endpoint's Token");
      await vscode.answer("");
    });
  },

  "the doctor says what works": async ({ vscode }) => {
    await vscode.run("fimd: Run Doctor");
    await vscode.textIs(/ok +endpoint +http:\/\/127.0.0.1:\d+\/fim: HTTP 200 after \d+ ms, by scripted/);
    await vscode.textIs(/ok +program +fimd \d/);
  },

  "a click on the status bar item offers what can be done": async ({ vscode }) => {
    await vscode.page.locator('.statusbar-item[id*="fimd"]').click();
    await vscode.pageShows(/Switch off everywhere[^]*Show statistics[^]*Set the endpoint's token/);
    await vscode.press("Escape");
  },

  "the log shows": async ({ vscode }) => {
    await vscode.run("fimd: Show Log");
    await vscode.becomes("the channel", outputChannel, /^fimd(,fimd)*$/);
    await vscode.press("Control+J");
  },

  "every folder of a workspace has suggestions, and its own rules": async ({ vscode, endpoint }) => {
    const second = join(vscode.folder, "second");
    const workspace = join(vscode.folder, "two.code-workspace");
    vscode.write(join(second, ".fimdignore"), "hidden.py\n");
    vscode.write(workspace, { folders: [{ path: vscode.files }, { path: second }] });
    await vscode.visitWorkspace(workspace);
    await vscode.statusSays(/ready/);
    endpoint.texts = [AREA];
    await vscode.open("in-second.py", OPEN_AREA, second);
    await vscode.type("return w");
    await vscode.ghostIs("idth * height");
    await vscode.open("hidden.py", OPEN_AREA, second);
    await vscode.type("return w");
    await vscode.statusSays(/because .*hidden\.py.* keeps it on this machine/);
    await vscode.open("in-first.py", OPEN_AREA);
    await vscode.type("return w");
    await vscode.ghostIs("idth * height");
    await vscode.saves("in-first.py", OPEN_AREA.replace("^", "return w"));
  },
};

// Runs in the page: what the output panel shows.
function outputChannel() {
  const chosen = [...document.querySelectorAll(".panel select")].flatMap((select) => [...select.selectedOptions]);
  return chosen.map((option) => option.text).join();
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
