// What a user of VS Code sees. Every test opens a file of its own.
import assert from "node:assert/strict";

const AREA = "def area(width, height):\n    return width * height\n";
const OPEN_AREA = "def area(width, height):\n    ^\n";

export const tests = {
  "it starts and says that it is ready": async ({ vscode }) => {
    await vscode.statusSays(/ready/, 120_000);
  },

  "a suggestion shows while typing, and Tab takes it": async ({ vscode, endpoint }) => {
    endpoint.texts = ["    return width * height"];
    await vscode.open("all.py", OPEN_AREA);
    await vscode.type("return w");
    await vscode.ghostIs("idth * height");
    await vscode.press("Tab");
    await vscode.ghostIs("");
    await vscode.saves("all.py", AREA);
  },

  "undo takes the suggestion back in one step": async ({ vscode, endpoint }) => {
    endpoint.texts = ["    return width * height"];
    await vscode.open("undo.py", OPEN_AREA);
    await vscode.type("return w");
    await vscode.ghostIs("idth * height");
    await vscode.press("Tab", "Control+Z");
    await vscode.saves("undo.py", AREA.replace("idth * height", ""));
  },

  "typing through a suggestion never makes it flicker": async ({ vscode, endpoint }) => {
    endpoint.texts = ["    return width * height"];
    await vscode.open("through.py", OPEN_AREA);
    await vscode.type("return w");
    await vscode.ghostIs("idth * height");
    const frames = await vscode.framesWhile(() => vscode.type("idth * hei"));
    await vscode.ghostIs("ght");
    assert.ok(frames.length > 10, `only ${frames.length} frames were drawn`);
    assert.deepEqual([...new Set(frames)], ["    return width * height"]);
  },

  "Ctrl+Right takes a word, Ctrl+Shift+Right a line": async ({ vscode, endpoint }) => {
    endpoint.texts = ["height):\n    total = width + height\n    return total * 2"];
    await vscode.open("parts.py", "def perimeter(width, height):^\n");
    await vscode.press("Enter");
    await vscode.ghostIs("total = width + height\n    return total * 2");
    await vscode.press("Control+ArrowRight");
    await vscode.ghostIs(" = width + height\n    return total * 2");
    await vscode.press("Control+Shift+ArrowRight");
    await vscode.textIs(/ {4}total = width \+ height\n/);
    await vscode.press("Escape");
    await vscode.ghostIs("");
  },

  "a suggestion of several lines": async ({ vscode, endpoint }) => {
    const body = "smallest = min(values)\n    largest = max(values)\n    return largest - smallest";
    endpoint.texts = [`def spread(values):\n    ${body}`];
    await vscode.open("lines.py", "def spread(values):^\n\nprint(spread([1, 2]))\n");
    await vscode.press("Enter");
    await vscode.ghostIs(body);
    await vscode.press("Tab");
    await vscode.saves("lines.py", `${endpoint.texts[0]}\n\nprint(spread([1, 2]))\n`);
  },

  "a bracket that VS Code closed by itself is not doubled": async ({ vscode, endpoint }) => {
    endpoint.texts = ["print(width * height)"];
    await vscode.open("bracket.py", "width, height = 2, 3\n^\n");
    await vscode.type("print(w");
    await vscode.ghostIs(/^idth \* height\)?$/);
    await vscode.press("Tab");
    await vscode.saves("bracket.py", "width, height = 2, 3\nprint(width * height)\n");
  },

  "characters of two units before the cursor": async ({ vscode, endpoint }) => {
    endpoint.texts = ['    mood = "😀👍" + name.title()'];
    await vscode.open("emoji.py", 'def greet(name):\n    mood = "😀👍"^\n');
    await vscode.type(" + na");
    await vscode.ghostIs("me.title()");
    await vscode.press("Tab");
    await vscode.saves("emoji.py", 'def greet(name):\n    mood = "😀👍" + name.title()\n');
  },

  "a file with CRLF keeps it": async ({ vscode, endpoint }) => {
    endpoint.texts = ["def mean(values):\n    total = sum(values)\n    return total"];
    await vscode.open("crlf.py", "def mean(values):^\r\n");
    await vscode.press("Enter");
    await vscode.ghostIs("total = sum(values)\n    return total");
    await vscode.press("Tab");
    await vscode.saves("crlf.py", "def mean(values):\r\n    total = sum(values)\r\n    return total\r\n");
  },

  "Escape sends a suggestion away, and it does not come back": async ({ vscode, endpoint }) => {
    endpoint.texts = ["    return width * height"];
    await vscode.open("dismiss.py", OPEN_AREA);
    await vscode.type("return w");
    await vscode.ghostIs("idth * height");
    await vscode.press("Escape");
    await vscode.ghostIs("");
    await vscode.press("x", "Backspace");
    await vscode.statusSays(/dismissed/);
    await vscode.ghostIs("");
  },

  "a key asks for a suggestion where none comes by itself": async ({ vscode, endpoint, settings }) => {
    endpoint.texts = ["    return width * height"];
    vscode.configure({ ...settings, "editor.inlineSuggest.enabled": true });
    await vscode.open("key.py", "def area(width, height):\n    return w^\n");
    await vscode.press("Control+Alt+Space");
    await vscode.ghostIs("idth * height");
    await vscode.press("Escape");
  },

  "statistics count what was shown, accepted and dismissed": async ({ vscode }) => {
    await vscode.run("fimd: Show Statistics");
    await vscode.textIs(/[1-9]\d* shown, [3-9] accepted, [12] in part, [1-9]\d* dismissed/);
  },

  "a file named like a secret gets nothing, and the status says why": async ({ vscode, endpoint }) => {
    endpoint.texts = ["PASSWORD=hunter2"];
    endpoint.requests = [];
    await vscode.open(".env", "USER=me\n^\n");
    await vscode.type("PASS");
    await vscode.statusSays(/no suggestion, because .*\.env.* keeps it on this machine/);
    await vscode.ghostIs("");
    assert.deepEqual(endpoint.requests, []);
  },
};
