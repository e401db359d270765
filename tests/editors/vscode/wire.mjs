#!/usr/bin/env node
// Stands between VS Code and fimd, in the place of fimd. It notes in the file WIRE_LOG, as a line of JSON each, when a
// request for a suggestion passes, when its answer does, and what VS Code reports of suggestions. To an answer that was explicitly asked for and has a
// suggestion it adds a second one, WIRE_SECOND. WIRE_PROGRAM is the real program.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

const METHOD = "textDocument/inlineCompletion";
const INVOKED = 1;
const now = () => performance.timeOrigin + performance.now();
const note = (entry) => appendFileSync(process.env.WIRE_LOG, `${JSON.stringify(entry)}\n`);

const child = spawn(process.env.WIRE_PROGRAM, process.argv.slice(2), { stdio: ["pipe", "pipe", "inherit"] });
child.once("exit", (code) => process.exit(code ?? 1));
process.stdin.once("end", () => child.stdin.end());

const asked = new Map(); // request id to trigger kind
pass(process.stdin, child.stdin, (message) => {
  if (message.method === METHOD) {
    asked.set(message.id, message.params.context.triggerKind);
    note({ id: message.id, request: now() });
  } else if (reported(message)) {
    note({ report: reported(message), text: message.params.item?.insertText });
  }
  return message;
});
pass(child.stdout, process.stdout, (message) => {
  const kind = message.method ? undefined : asked.get(message.id);
  if (kind === undefined) return message;
  asked.delete(message.id);
  const items = message.result?.items ?? [];
  note({ id: message.id, answer: now(), items: items.length });
  if (kind === INVOKED && items.length === 1) items.push({ ...items[0], insertText: process.env.WIRE_SECOND });
  return message;
});

// What a message says became of a suggestion.
function reported({ method, params }) {
  if (method === "textDocument/didShowCompletion") return "shown";
  if (method === "textDocument/didPartiallyAcceptCompletion") return `${params.acceptedLength} accepted`;
  if (method !== "workspace/executeCommand" || params.command === "fimd.stats") return undefined;
  return params.command === "fimd.dismiss" ? "dismissed" : "accepted";
}

// Passes every message on as `change` gives it back.
function pass(from, to, change) {
  let rest = Buffer.alloc(0);
  from.on("data", (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (let head; (head = rest.indexOf("\r\n\r\n")) >= 0; ) {
      const end = head + 4 + Number(/content-length: *(\d+)/i.exec(rest.subarray(0, head))[1]);
      if (rest.length < end) return;
      const body = Buffer.from(JSON.stringify(change(JSON.parse(rest.subarray(head + 4, end)))));
      to.write(`Content-Length: ${body.length}\r\n\r\n`);
      to.write(body);
      rest = rest.subarray(end);
    }
  });
}
