"""Text, keys and tokens never reach a log: canaries go through every path, and all output is searched for them."""

import json
import tempfile
import unittest

import harness
from harness import STATIC, curl, gateway, settings

PROMPT, SUFFIX, COMPLETION = "canary-prompt-61", "canary-suffix-62", "canary-completion-63"
TOKEN, KEY = "canary-token-64", "canary-key-65"
CANARIES = [PROMPT, SUFFIX, COMPLETION, TOKEN, KEY]


class Canaries(unittest.TestCase):
    def requests(self):
        good = {"prompt": PROMPT, "suffix": SUFFIX, "cache_key": PROMPT}
        yield json.dumps(good)
        yield json.dumps({**good, "stream": True})
        yield json.dumps({**good, "max_tokens": PROMPT})
        yield json.dumps({**good, "prompt": {PROMPT: SUFFIX}})
        yield json.dumps(good)[:-1]
        yield json.dumps([PROMPT])
        yield PROMPT
        yield json.dumps({**good, "suffix": SUFFIX * 40_000})

    def test_no_output_holds_any(self):
        stand_ins = [("--text", COMPLETION), ("--status", "401"), ("--status", "422"), ("--status", "429"),
                     ("--status", "500"), ("--text", COMPLETION, "--key", "other")]
        lines = 0
        for options in stand_ins:
            with tempfile.TemporaryFile("w+") as log, \
                    harness.program(harness.BIN / "fim-stand-in", *options) as (model, _):
                env = settings(model, CODESTRAL_API_KEY=KEY, FIM_TOKENS=f"test:{harness.TOKEN_DIGEST}")
                with gateway([STATIC], env=env, log=log) as (url, _):
                    for body in self.requests():
                        curl(url, body, f"Authorization: Bearer {harness.TOKEN}")
                        curl(url, body, f"Authorization: Bearer {TOKEN}")
                        curl(f"{url}?q={PROMPT}", body)
                log.seek(0)
                output = log.read()
                lines += output.count('"request_id"')
                for canary in [*CANARIES, harness.TOKEN]:
                    self.assertNotIn(canary, output)
        self.assertEqual(lines, len(stand_ins) * 3 * len(list(self.requests())))

    def test_a_broken_configuration_is_not_quoted(self):
        for name in ("FIM_TOKENS", "FIM_UPSTREAM_URL", "FIM_PROVIDER", "FIM_MAX_TOKENS", "FIM_AUTH", "FIM_INVOKE_MODE"):
            with self.subTest(name), tempfile.TemporaryFile("w+") as log:
                with harness.program(STATIC, "serve", env={name: KEY}, log=log) as (url, process):
                    self.assertEqual((url, process.wait(10)), ("", 1))
                log.seek(0)
                output = log.read()
                self.assertIn(name, output)
                self.assertNotIn(KEY, output)


if __name__ == "__main__":
    unittest.main()
