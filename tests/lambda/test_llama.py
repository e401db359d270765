"""The dialects that llama.cpp's server speaks, against that server itself: /infill, and /v1/completions with the model's own
tokens in the prompt."""

import contextlib
import json
import pathlib
import sys
import tempfile
import unittest

import harness
from harness import STATIC, curl, streamed_text

REQUEST = {"prompt": "def f(a, b):\n    return ", "suffix": "\n", "max_tokens": 12, "temperature": 0}


class Llama(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.folder = stack.enter_context(tempfile.TemporaryDirectory())
        script = pathlib.Path(__file__).with_name("llama_server.py")
        cls.url, _ = stack.enter_context(harness.program(sys.executable, script, cls.folder))

    def function(self, **settings):
        return harness.program(STATIC, "serve", env={"FIM_UPSTREAM_URL": self.url, **settings})

    def native(self):
        """What the server itself says to this request."""
        body = {"input_prefix": REQUEST["prompt"], "input_suffix": REQUEST["suffix"], "n_predict": 12, "temperature": 0}
        return json.loads(curl(self.url + "/infill", json.dumps(body))[2])["content"]

    def answers(self, url):
        """(whole, streamed)"""
        status, _, whole = curl(url, json.dumps(REQUEST))
        self.assertEqual(status, 200, whole)
        status, content_type, streamed = curl(url, json.dumps({**REQUEST, "stream": True}))
        self.assertEqual((status, content_type), (200, "text/event-stream"), streamed)
        return json.loads(whole), streamed_text(streamed)

    def test_infill(self):
        expected = self.native()
        self.assertTrue(expected)
        with self.function(FIM_PROVIDER="llamacpp") as (url, _):
            whole, streamed = self.answers(url)
            self.assertEqual((whole["completion"], streamed), (expected, expected))
            self.assertEqual((whole["provider"], whole["finish_reason"]), ("llamacpp", "length"))
            self.assertEqual(whole["usage"]["completion_tokens"], 12)
            # The server keeps what it has read: the second request reads almost nothing anew.
            self.assertGreater(json.loads(curl(url, json.dumps(REQUEST))[2])["usage"]["cached_tokens"], 20)

    def test_stop(self):
        expected = self.native()
        with self.function(FIM_PROVIDER="llamacpp") as (url, _):
            status, _, answer = curl(url, json.dumps({**REQUEST, "stop": expected[4]}))
            self.assertEqual((status, json.loads(answer)["completion"]), (200, expected[: expected.index(expected[4])]))

    def test_completions_with_the_tokens_of_the_family(self):
        expected = self.native()
        with self.function(FIM_PROVIDER="openai", FIM_MODEL="tiny", FIM_MODEL_FAMILY="qwen") as (url, _):
            whole, streamed = self.answers(url)
            self.assertEqual((whole["completion"], streamed), (expected, expected))
            self.assertGreater(whole["usage"]["prompt_tokens"], 20)

    def test_errors(self):
        with self.function(FIM_PROVIDER="openai", FIM_MODEL="tiny", FIM_MODEL_FAMILY="qwen") as (url, _):
            for stream in (False, True):
                status, _, answer = curl(url, json.dumps({**REQUEST, "prompt": "x" * 20_000, "stream": stream}))
                self.assertEqual(status, 400)
                self.assertRegex(json.loads(answer)["error"], "Model error: .*context size")
        with self.function(FIM_PROVIDER="ollama", FIM_MODEL="m") as (url, _):
            status, _, answer = curl(url, json.dumps(REQUEST))  # the wrong dialect for this server
            self.assertEqual((status, json.loads(answer)["success"]), (404, False))


if __name__ == "__main__":
    unittest.main()
