import assert from "node:assert/strict";
import { test } from "node:test";

import { Crashes } from "../src/crashes";

test("crashes: five within three minutes are too many", () => {
  const crashes = new Crashes();
  assert.deepEqual([0, 1, 2, 3, 4].map((second) => crashes.add(second * 1000)), [true, true, true, true, false]);
});
test("crashes: one a minute is not", () => {
  const crashes = new Crashes();
  assert.ok([...Array(20).keys()].every((minute) => crashes.add(minute * 61_000)));
});
