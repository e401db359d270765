"""Text, keys and tokens never reach a log: canaries go through every path, and all output is searched for them."""

import json
import tempfile
import unittest

import harness
from bad_model import STREAM_HEAD, BadModel, completion, event, http_answer
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

    def models(self):
        """What the model does: completes, refuses with the text in its sentence, breaks off, answers no JSON."""
        said = json.dumps({"object": "error", "message": f"bad input: {PROMPT} {COMPLETION} {KEY}",
                           "detail": [{"msg": PROMPT, "input": SUFFIX}]})
        yield completion(COMPLETION)
        for status in (400, 401, 403, 404, 408, 422, 429, 500, 502, 503):
            yield http_answer(status, said)
        yield http_answer(200, f"<html>{COMPLETION}</html>")
        yield http_answer(200, json.dumps({"choices": [{"message": {"content": COMPLETION}, "finish_reason": COMPLETION + " "}],
                                           "model": COMPLETION + "?"}))
        yield completion(COMPLETION)[:-9]
        yield f"{COMPLETION}\r\n\r\n".encode()
        yield STREAM_HEAD + event(COMPLETION).encode()
        yield STREAM_HEAD + event(COMPLETION).encode() + f"data: {said}\n\n".encode()

    def test_no_output_holds_any(self):
        model = BadModel()
        self.addCleanup(model.close)
        for door, options, mode in (("v2", [], "buffered"), ("url", ["--stream"], "response_stream")):
            with tempfile.TemporaryFile("w+") as log:
                env = settings(model.url, CODESTRAL_API_KEY=KEY, FIM_TOKENS=f"test:{harness.TOKEN_DIGEST}", FIM_INVOKE_MODE=mode)
                requests = 0
                with gateway([STATIC], "--door", door, *options, env=env, log=log) as (url, _):
                    for body in self.requests():
                        curl(url, body, f"Authorization: Bearer {harness.TOKEN}")
                        curl(url, body, f"Authorization: Bearer {TOKEN}")
                        curl(f"{url}?q={PROMPT}", body)
                        requests += 3
                    for answer in self.models():
                        for stream in (False, True):
                            model.next = answer
                            body = json.dumps({"prompt": PROMPT, "suffix": SUFFIX, "stream": stream})
                            curl(url, body, f"Authorization: Bearer {harness.TOKEN}")
                            requests += 1
                self.search(log, [*CANARIES, harness.TOKEN])
                log.seek(0)
                self.assertEqual(log.read().count('"request_id"'), requests)

    def test_serve_holds_none(self):
        with tempfile.TemporaryFile("w+") as log, harness.stand_in() as (model, _):
            env = settings(model, CODESTRAL_API_KEY=KEY, FIM_TOKEN=TOKEN)
            with harness.program(STATIC, "serve", env=env, log=log) as (url, _):
                for body in self.requests():
                    curl(url, body, f"Authorization: Bearer {TOKEN}")
                    curl(url, body, f"Authorization: Bearer {KEY}")
            self.search(log, CANARIES)

    def test_the_parameter_store_is_not_quoted(self):
        store = BadModel()
        self.addCleanup(store.close)
        for answer in (http_answer(400, json.dumps({"__type": f"Denied {KEY}", "Message": KEY})), http_answer(200, KEY),
                       http_answer(200, json.dumps({"Parameter": {"Value": KEY}}))):
            with tempfile.TemporaryFile("w+") as log, harness.stand_in() as (model, _):
                env = {"FIM_UPSTREAM_URL": model, "FIM_AUTH": "none", "FIM_KEY_PARAMETER": "/fim/model-key",
                       "AWS_ENDPOINT_URL_SSM": store.url, "AWS_SECRET_ACCESS_KEY": KEY, "AWS_ACCESS_KEY_ID": "id"}
                store.next, store.times = answer, 2
                with gateway([STATIC], env=env, log=log) as (url, _):
                    answered = curl(url, json.dumps({"prompt": PROMPT}))[2]
                self.assertNotIn(KEY, answered)
                self.search(log, CANARIES)

    def search(self, log, canaries):
        log.seek(0)
        output = log.read()
        self.assertTrue(output)
        for canary in canaries:
            lines = [line for line in output.splitlines() if canary in line]
            self.assertEqual(lines[:1], [], canary)

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
