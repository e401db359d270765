// What goes wrong, and what the user hears of it.
import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";

const OPEN_AREA = "def area(width, height):\n    ^\n";
const REPEATING = "first = round(price * amount, 2)\nsecond = round(price * amount, 2)\nthird = round(^\n";
const AREA = "    return width * height";

export const tests = {
  "a daemon that is killed comes back, and typing never waits": async ({ vscode, endpoint }) => {
    endpoint.texts = [AREA];
    await vscode.open("killed.py", OPEN_AREA);
    const daemon = vscode.daemon();
    await vscode.restarted(async () => {
      process.kill(Number(daemon), "SIGKILL");
      await vscode.type("return");
      await vscode.textIs(/return/);
    });
    await vscode.type(" w");
    await vscode.askUntil("ghost", "idth * height");
    await vscode.saves("killed.py", OPEN_AREA.replace("^", "return w"));
  },

  "an endpoint that is down: local suggestions, and the status says so": async ({ vscode, endpoint, settings }) => {
    vscode.configure({ ...settings, "fimd.predictor": "fallback" });
    await endpoint.stop();
    await vscode.open("down.py", REPEATING);
    await vscode.type("pri");
    await vscode.ghostIs(/^ce \* amount/);
    await vscode.askUntil("status", /cannot be asked/);
    await vscode.statusSays(/cannot be asked.*onnect/s);
    await vscode.ghostIs(/^ce \* amount/);
    vscode.configure(settings);
    await endpoint.start();
    endpoint.texts = [AREA];
    await vscode.open("up.py", OPEN_AREA);
    await vscode.type("return w");
    await vscode.askUntil("ghost", "idth * height");
    await vscode.statusSays(/ready/);
  },

  "no endpoint at all: local only, and nothing is sent": async ({ vscode, endpoint, settings, pictures }) => {
    vscode.configure({ ...settings, "fimd.endpoint": "", "fimd.predictor": "fallback" });
    await vscode.statusSays(/local only/);
    await pictures.status("local");
    await vscode.open("local.py", REPEATING);
    await vscode.type("pri");
    await vscode.ghostIs(/^ce \* amount/);
    assert.deepEqual(endpoint.requests, []);
    vscode.configure(settings);
    await vscode.statusSays(/ready/);
  },

  "a missing program is said with the way out, and typing goes on": async ({ vscode, pictures }) => {
    const program = join(vscode.bin, "fimd");
    renameSync(program, `${program}-away`);
    await vscode.run("fimd: Restart");
    await vscode.statusSays(/not found.*not in PATH and does not come with this extension/s);
    await vscode.notificationSays(/not in PATH/);
    await vscode.open("without.py", "^\n");
    await vscode.type("x = 1");
    await vscode.saves("without.py", "x = 1\n");
    await vscode.page.getByRole("button", { name: "How to get fimd" }).click();
    await pictures.status("missing");
    await vscode.pageShows(/Get the program[^]*scripts\/install/);
    renameSync(`${program}-away`, program);
    await vscode.run("fimd: Restart");
    await vscode.statusSays(/ready/);
  },

  "a path that leads nowhere is named; the right one is taken at once": async ({ vscode, settings }) => {
    vscode.configure({ ...settings, "fimd.path": "/no/such/fimd" });
    await vscode.statusSays(/not found.*names no program: \/no\/such\/fimd/s);
    vscode.configure({ ...settings, "fimd.path": join(vscode.bin, "fimd") });
    await vscode.statusSays(/ready/);
    vscode.configure(settings);
  },

  "a program that ends at once is not started for ever": async ({ vscode, settings, pictures }) => {
    const broken = join(vscode.bin, "broken");
    vscode.write(broken, "#!/bin/sh\nexit 3\n", 0o755);
    vscode.configure({ ...settings, "fimd.path": broken });
    await vscode.statusSays(/not running/);
    await vscode.run("Notifications: Clear All Notifications");
    await pictures.status("stopped");
    vscode.configure(settings);
    await vscode.statusSays(/ready/);
  },

  "a program that never says a word can be left": async ({ vscode, settings, pictures }) => {
    const mute = join(vscode.bin, "mute");
    vscode.write(mute, "#!/bin/sh\nexec sleep 1000\n", 0o755);
    vscode.configure({ ...settings, "fimd.path": mute });
    await vscode.statusSays(/starting/);
    await pictures.status("starting");
    vscode.configure(settings);
    await vscode.statusSays(/ready/);
  },
};
