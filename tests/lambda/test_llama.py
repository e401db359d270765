"""The dialects that llama.cpp's server speaks, against that server itself: /infill, and /v1/completions with the model's own
tokens in the prompt."""

import contextlib
import json
import pathlib
import re
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
        cls.url, _ = stack.enter_context(harness.program(sys.executable, script, cls.folder, 1))
        cls.wide_url, _ = stack.enter_context(harness.program(sys.executable, script, cls.folder, 3))

    def function(self, url=None, **settings):
        return harness.program(STATIC, "serve", env={"FIM_UPSTREAM_URL": url or self.url, **settings})

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

    DIALECTS = ({"FIM_PROVIDER": "llamacpp"},
                {"FIM_PROVIDER": "openai", "FIM_MODEL": "tiny", "FIM_MODEL_FAMILY": "qwen"})

    def test_three_texts_from_one_call(self):
        request = {**REQUEST, "n": 3, "temperature": 0.2}
        for dialect in self.DIALECTS:
            with self.subTest(dialect["FIM_PROVIDER"]), self.function(self.wide_url, **dialect) as (url, _):
                whole = json.loads(curl(url, json.dumps(request))[2])
                self.assertEqual(len({whole["completion"], *whole["alternatives"]}), 3, whole)
                status, _, streamed = curl(url, json.dumps({**request, "stream": True}))
                texts, ended = ["", "", ""], set()
                *deltas, end = map(json.loads, re.findall(r"^data: (\{.*\})$", streamed, re.M))
                for delta in deltas:
                    index = delta.get("index", 0)
                    texts[index] += delta["delta"]
                    ended |= {index} if delta.get("finish_reason") == "length" else set()
                self.assertEqual((status, len(set(texts)), ended), (200, 3, {0, 1, 2}), streamed)
                self.assertEqual(end["usage"]["completion_tokens"], 36, end)
                self.assertTrue(end["success"])

    def test_one_text_where_there_is_one_slot(self):
        for dialect in self.DIALECTS:
            with self.subTest(dialect["FIM_PROVIDER"]), self.function(**dialect) as (url, _):
                status, _, whole = curl(url, json.dumps({**REQUEST, "n": 3}))
                self.assertEqual((status, json.loads(whole).get("alternatives")), (200, None), whole)
                self.assertEqual(json.loads(whole)["completion"], self.native())

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
