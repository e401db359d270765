import assert from "node:assert/strict";
import { test } from "node:test";

import { acceptedLength } from "../src/accepted";

const cases: [what: string, insertText: string, taken: string, length: number][] = [
  ["a word", "width * height", "width", 5],
  ["what stood there before counts", "return width", "return wi", 9],
  ["an emoji is two units", "😀 = 1", "😀", 2],
  ["a line of a CRLF file", "a\nb\nc", "a\r\nb", 3],
  ["all of it is reported by its command", "width", "width", 0],
  ["something else was typed", "width", "height", 0],
  ["nothing", "width", "", 0],
];

for (const [what, insertText, taken, length] of cases) {
  test(`accepted: ${what}`, () => assert.equal(acceptedLength(insertText, taken), length));
}
