// Our documents against vscode-languageserver-textdocument, the class behind most editors' servers: the same random
// edits, then the same text, lines and offsets. The seed is printed on failure; pass it to repeat that run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { TextDocument } from 'vscode-languageserver-textdocument';

const replay = process.argv[2];
const firstSeed = Number(process.argv[3] ?? 1);
const runs = process.argv[3] ? 1 : 100;
const editsPerRun = 40;
const uri = 'file:///a.txt';
const pieces = ['a', 'b', ' ', '\n', '\r\n', '\r', '\0', 'é', '\uFFFD', '€', '🚀', 'word', '\n\n'];

// A small generator, so that a seed means the same edits everywhere (mulberry32).
function dice(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return (bound) => next() % bound;
}

const randomText = (below) => Array.from({ length: below(6) }, () => pieces[below(pieces.length)]).join('');

const isInsidePair = (text, offset) => /[\uD800-\uDBFF]/.test(text.charAt(offset - 1)) && offset < text.length;

// A position that may lie outside the text, but never inside a surrogate pair, where the two differ by design: the
// reference cuts characters in half.
function randomPosition(below, document) {
  for (;;) {
    const position = { line: below(document.lineCount + 2), character: below(10) };
    if (!isInsidePair(document.getText(), document.offsetAt(position))) return position;
  }
}

function randomChange(below, document) {
  if (below(25) === 0) return { text: randomText(below) };
  return {
    range: { start: randomPosition(below, document), end: randomPosition(below, document) },
    text: randomText(below),
  };
}

// Built anew for each edit: the reference's own incremental index goes wrong on lines past the end.
function edited(document, change) {
  const changed = TextDocument.update(document, [change], document.version + 1);
  return TextDocument.create(uri, 'plaintext', changed.version, changed.getText());
}

function expectedState(document, probe) {
  const starts = Array.from({ length: document.lineCount }, (_, line) => document.offsetAt({ line, character: 0 }));
  const probes = probe.map((position) => {
    const offset = document.offsetAt(position);
    return { offset, position: document.positionAt(offset) };
  });
  return { text: document.getText(), lines: starts, probes };
}

function script(seed) {
  const below = dice(seed);
  const messages = [];
  const expected = [];
  let document = TextDocument.create(uri, 'plaintext', 1, randomText(below));
  const record = (params) => {
    const probe = Array.from({ length: 8 }, () => randomPosition(below, document));
    messages.push(JSON.stringify({ ...params, probe }));
    expected.push(expectedState(document, probe));
  };
  record({ textDocument: { uri, languageId: 'plaintext', version: 1, text: document.getText() } });
  for (let edit = 0; edit < editsPerRun; ++edit) {
    const change = randomChange(below, document);
    document = edited(document, change);
    record({ textDocument: { uri, version: document.version }, contentChanges: [change] });
  }
  return { messages, expected };
}

const scripts = Array.from({ length: runs }, (_, run) => script(firstSeed + run));
const input = scripts.flatMap(({ messages }) => messages).join('\n');
const { stdout, status } = spawnSync(replay, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
assert.equal(status, 0, `${replay} ended with ${status}`);
const states = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
for (const [run, { expected }] of scripts.entries()) {
  for (const [edit, state] of expected.entries()) {
    assert.deepEqual(states.shift(), state, `seed ${firstSeed + run}, edit ${edit}`);
  }
}
console.log(`documents: ${runs} runs of ${editsPerRun} edits give the same text, lines and offsets`);
