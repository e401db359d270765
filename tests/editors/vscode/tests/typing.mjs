// What a user of VS Code sees while typing. Every test opens a file of its own.
import assert from "node:assert/strict";

const AREA = "def area(width, height):\n    return width * height\n";
const OPEN_AREA = "def area(width, height):\n    ^\n";

// Opens a file and types until the suggestion "idth * height" shows.
async function suggested({ vscode, endpoint }, name) {
  endpoint.texts = ["    return width * height"];
  await vscode.open(name, OPEN_AREA);
  await vscode.type("return w");
  await vscode.ghostIs("idth * height");
}

export const tests = {
  "it starts and says that it is ready": async ({ vscode }) => {
    await vscode.statusSays(/ready/);
  },

  "a suggestion shows while typing, and Tab takes it": async ({ vscode, endpoint }) => {
    await suggested({ vscode, endpoint }, "all.py");
    await vscode.press("Tab");
    await vscode.ghostIs("");
    await vscode.saves("all.py", AREA);
  },

  "while the model is asked the status says so": async ({ vscode, endpoint, pictures }) => {
    endpoint.texts = ["    return width * height"];
    endpoint.delay = 3000;
    await vscode.open("busy.py", OPEN_AREA);
    await vscode.type("return w");
    await vscode.statusSays(/asking the model/);
    await pictures.status("busy");
    await vscode.ghostIs("idth * height");
    await vscode.statusSays(/ready/);
    await pictures.status("ready");
  },

  "undo takes the suggestion back in one step": async ({ vscode, endpoint }) => {
    await suggested({ vscode, endpoint }, "undo.py");
    await vscode.press("Tab");
    await vscode.textIs(/return width \* height/);
    await vscode.ghostIs("");
    await vscode.press("Control+Z");
    await vscode.saves("undo.py", AREA.replace("idth * height", ""));
  },

  "typing through a suggestion never makes it flicker": async ({ vscode, endpoint }) => {
    await suggested({ vscode, endpoint }, "through.py");
    const { texts, frames, mutations } = await vscode.watch(() => vscode.type("idth * hei"));
    await vscode.ghostIs("ght");
    assert.ok(frames >= 20 && mutations >= 10, `watched only ${frames} frames, ${mutations} changes`);
    const gone = texts.filter((text) => !text.includes("    return width * height"));
    assert.deepEqual(gone, [], "the suggestion was gone");
    await vscode.press("Tab");
    await vscode.saves("through.py", AREA);
  },

  "typing something else takes the suggestion away": async ({ vscode, endpoint }) => {
    await suggested({ vscode, endpoint }, "other.py");
    await vscode.type("h");
    await vscode.ghostIs("");
    await vscode.saves("other.py", AREA.replace("idth * height", "h"));
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
    await vscode.saves("parts.py", "def perimeter(width, height):\n    total = width + height\n    \n".replace(/ +\n$/, "\n"));
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
    await vscode.open("dismiss.py", "def area(width, height):\n    return w^\n");
    await vscode.press("Control+Alt+Space"); // no answer to an earlier key can show
    await vscode.ghostIs("idth * height");
    await vscode.press("Escape");
    await vscode.ghostIs("");
    await vscode.press("x", "Backspace");
    await vscode.statusSays(/dismissed/);
    await vscode.ghostIs("");
  },

  "a key asks for a suggestion where none comes by itself": async ({ vscode, endpoint }) => {
    endpoint.texts = ["    return width * height"];
    await vscode.open("key.py", "def area(width, height):\n    return w^\n");
    await vscode.press("Control+Alt+Space");
    await vscode.ghostIs("idth * height");
    await vscode.press("Tab");
    await vscode.saves("key.py", AREA);
  },
};
