import assert from "node:assert/strict";
import { test } from "node:test";

import type { Kind } from "../src/protocol";
import { lookOf, markdown, type State } from "../src/state";

const said = (kind: Kind, message = ""): State => ({ kind, message, callsToday: 1, tokensToday: 12345 });

test("state: every one looks different", () => {
  const kinds: State[] = [
    ...(["ready", "busy", "local", "off", "error"] as const).map((kind) => said(kind)),
    { kind: "starting" },
    { kind: "missing", problem: "" },
  ];
  assert.equal(new Set(kinds.map((state) => lookOf(state, undefined).text)).size, kinds.length);
});
test("state: calls and tokens of today", () => {
  assert.equal(lookOf(said("ready"), undefined).lines.at(-1), "Today: 1 call, 12,345 tokens");
});
test("state: why there was no suggestion", () => {
  assert.match(lookOf(said("ready", "the line is complete"), undefined).lines[1], /because the line is complete/);
});
test("state: a fault is an alarm and says what it is", () => {
  const look = lookOf(said("error", "HTTP 401"), undefined);
  assert.equal(look.alarm, "warning");
  assert.equal(look.lines[1], "HTTP 401");
});
test("state: a server's words cannot make a link", () => {
  assert.equal(markdown(lookOf(said("error", "[x](command:y)"), undefined).lines).split("\n\n")[1], "\\[x\\]\\(command:y\\)");
});
test("state: switched off here, unless something is broken", () => {
  assert.match(lookOf(said("ready"), "switched off for this file").text, /circle-slash/);
  assert.match(lookOf(said("error", "HTTP 401"), "switched off for this file").text, /warning/);
});
