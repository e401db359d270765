// The examples of the editor wire against the types of vscode-languageserver-protocol.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const examples = new URL('../../protocol/examples/', import.meta.url);
const here = (name) => new URL(name, import.meta.url).pathname;
const copilot = [
  'setEditorInfo',
  'checkStatus',
  'signIn',
  'signInInitiate',
  'signInConfirm',
  'signOut',
  'getVersion',
  'copilot/models',
  'getCompletions',
  'getCompletionsCycling',
  'notifyShown',
  'notifyAccepted',
  'notifyRejected',
];
// Not in LSP, or there without a shape of their own.
const untyped = {
  params: new Set([
    'exit',
    'shutdown',
    'fim/complete',
    'fimd/status',
    'textDocument/didFocus',
    'textDocument/didShowCompletion',
    'textDocument/didPartiallyAcceptCompletion',
    ...copilot,
    'didChangeStatus',
    'statusNotification',
  ]),
  result: new Set([
    'fim/complete',
    'workspace/configuration',
    'workspace/executeCommand',
    'client/registerCapability',
    'window/workDoneProgress/create',
    ...copilot,
  ]),
};

function validators(type) {
  const source = { path: here('editor_wire.ts'), tsconfig: here('tsconfig.json'), additionalProperties: true };
  const schema = createGenerator({ ...source, type }).createSchema(type);
  const ajv = new Ajv({ strict: false, allErrors: true }).addSchema(schema, type);
  const methods = Object.keys(schema.definitions[type].properties);
  const pointer = (method) => method.replaceAll('~', '~0').replaceAll('/', '~1');
  const compile = (method) =>
    ajv.getSchema(`${type}#/definitions/${type}/properties/${encodeURIComponent(pointer(method))}`);
  return new Map(methods.map((method) => [method, compile(method)]));
}

const valid = { params: validators('Params'), result: validators('Results') };
const fails = (part, method, value) => !valid[part].get(method)(value);

// A validator that takes everything would prove nothing.
assert(fails('params', 'textDocument/didOpen', {}));
assert(fails('params', '$/progress', { token: 't', value: { kind: 'begin' } }));
assert(fails('result', 'textDocument/inlineCompletion', { items: [{ range: null }] }));
assert(fails('result', 'textDocument/inlineCompletion', { items: [{ insertText: 'x', command: { command: 'c' } }] }));
assert(fails('result', 'initialize', {}));

let checked = 0;
for (const file of readdirSync(examples)) {
  const example = JSON.parse(readFileSync(new URL(file, examples), 'utf8'));
  if (example.wire !== 'editor' || example.kind === 'error') continue;
  const part = example.kind === 'response' ? 'result' : 'params';
  if (untyped[part].has(example.method)) continue;
  const check = valid[part].get(example.method);
  assert(check, `${file}: no type for the ${part} of ${example.method}`);
  assert(check(example.message[part]), `${file}: ${JSON.stringify(check.errors, null, 1)}`);
  ++checked;
}
console.log(`messages: ${checked} examples have the shape that LSP 3.18 gives them`);
