// The contract's own examples have the shapes that src/protocol.ts promises.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { acceptedLength } from "../src/accepted";
import { DID_PARTIALLY_ACCEPT, DID_SHOW, type Item } from "../src/protocol";

const example = (name: string) => JSON.parse(readFileSync(`../../protocol/examples/editor-${name}.json`, "utf8"));

function checkItem(item: Item): void {
  assert.equal(typeof item.insertText, "string");
  assert.equal(item.range.start.line, item.range.end.line);
  assert.equal(typeof item.command.title, "string");
  assert.equal(typeof item.command.arguments?.[0], "string");
}

test("examples: a suggestion", () => {
  checkItem(example("inline-completion-response").message.result.items[0]);
});
test("examples: shown", () => {
  const { method, message } = example("did-show-completion");
  assert.equal(method, DID_SHOW);
  checkItem(message.params.item);
});
test("examples: partly accepted", () => {
  const { method, message } = example("did-partially-accept-completion");
  const { item, acceptedLength: length } = message.params;
  assert.equal(method, DID_PARTIALLY_ACCEPT);
  assert.equal(acceptedLength(item.insertText, item.insertText.slice(0, length)), length);
});
