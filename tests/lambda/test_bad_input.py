"""Bad input of every kind, from callers and from models: each gets a JSON error of the contract with the right status and one
line in the log, and the request after it is served."""

import contextlib
import json
import tempfile
import unittest

from bad_model import STREAM_HEAD, BadModel, completion, endless, event, http_answer, silent
from harness import STATIC, TEXT, TOKEN, TOKEN_DIGEST, curl, gateway, settings

GOOD = '{"prompt": "a"}'
STREAMED = '{"prompt": "a", "stream": true}'


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.model = BadModel()
        cls.stack.callback(cls.model.close)
        tokens = f"test:{TOKEN_DIGEST},revoked-was-here:{'0' * 64}"
        cls.logs, cls.urls = {}, {}
        for door, stream in (("v2", False), ("v1", False), ("url", True)):
            cls.logs[door] = cls.stack.enter_context(tempfile.TemporaryFile("w+"))
            env = settings(cls.model.url, FIM_TOKENS=tokens, FIM_MODEL_TIMEOUT_MS="1500",
                           **({"FIM_INVOKE_MODE": "response_stream"} if stream else {}))
            options = ["--door", door, *(["--stream"] if stream else [])]
            cls.urls[door] = cls.stack.enter_context(gateway([STATIC], *options, env=env, log=cls.logs[door]))[0]

    def log_lines(self, door):
        log = self.logs[door]
        log.seek(0)
        return [json.loads(line) for line in log.read().splitlines() if line.startswith("{")]

    def expect(self, door, status, sentence, body, *headers, url=None):
        """One bad request: its answer, its line in the log; then a good one."""
        before = len(self.log_lines(door))
        got, content_type, answer = curl(url or self.urls[door], body, *headers)
        self.assertEqual((got, content_type), (status, "application/json"), answer)
        answer = json.loads(answer)
        self.assertEqual(set(answer), {"success", "error"})
        self.assertIs(answer["success"], False)
        self.assertIn(sentence, answer["error"])
        [line] = self.log_lines(door)[before:]
        self.assertEqual(line["status"], status)
        self.assertTrue(line["request_id"])
        self.good(door)

    def good(self, door):
        status, _, answer = curl(self.urls[door], GOOD, f"Authorization: Bearer {TOKEN}")
        self.assertEqual((status, json.loads(answer).get("completion")), (200, TEXT), answer)

    def test_from_callers(self):
        bearer = f"Authorization: Bearer {TOKEN}"
        for door in self.urls:
            for name, status, sentence, body, headers in [
                ("no JSON", 400, "not valid JSON", "{", [bearer]),
                ("nothing", 400, "not valid JSON", "", [bearer]),
                ("no object", 400, "must be a JSON object", "[1]", [bearer]),
                ("deep", 400, "", "[" * 100_000, [bearer]),
                ("deep inside", 400, "", '{"prompt": "a", "x": ' + "[" * 100_000 + "]" * 100_000 + "}", [bearer]),
                ("NaN", 400, "not valid JSON", '{"prompt": "a", "temperature": NaN}', [bearer]),
                ("not UTF-8", 400, "not valid JSON", '{"prompt": "\udcff"}', [bearer, "Content-Type: application/octet-stream"]),
                ("no prompt", 400, "Missing required field: prompt", "{}", [bearer]),
                ("wrong type", 400, "Field prompt must be a string", '{"prompt": 1}', [bearer]),
                ("max_tokens of a wrong type", 400, "Field max_tokens", '{"prompt": "", "max_tokens": "9"}', [bearer]),
                ("fractional max_tokens", 400, "Field max_tokens", '{"prompt": "", "max_tokens": 1.5}', [bearer]),
                ("too much text", 413, "Request too large", json.dumps({"prompt": "x" * 600_000}), [bearer]),
                ("no token", 401, "Unauthorized", GOOD, []),
                ("no token and no JSON", 401, "Unauthorized", "{", []),
                ("wrong token", 401, "Unauthorized", GOOD, ["Authorization: Bearer wrong"]),
                ("revoked token", 401, "Unauthorized", GOOD, ["Authorization: Bearer first"]),
                ("wrong scheme", 401, "Unauthorized", GOOD, [f"Authorization: Basic {TOKEN}"]),
            ]:
                with self.subTest(f"{door}: {name}"):
                    self.expect(door, status, sentence, body, *headers)

    def test_taken_as_it_is(self):
        """Not errors: numbers are clamped, the last of equal keys counts, headers have any case, text may be in base64."""
        for door in self.urls:
            for name, body, headers in [
                ("negative", '{"prompt": "", "max_tokens": -5}', [f"Authorization: Bearer {TOKEN}"]),
                ("huge", '{"prompt": "", "max_tokens": 2000000000}', [f"Authorization: Bearer {TOKEN}"]),
                ("beyond int", '{"prompt": "", "max_tokens": 99999999999999999999}', [f"Authorization: Bearer {TOKEN}"]),
                ("equal keys", '{"prompt": 1, "prompt": "a"}', [f"Authorization: Bearer {TOKEN}"]),
                ("case", GOOD, [f"aUTHORIZATION: bearer {TOKEN}"]),
                ("base64", GOOD, [f"Authorization: Bearer {TOKEN}", "Content-Type: application/x-www-form-urlencoded"]),
                ("unknown fields", '{"prompt": "", "model": "gpt", "n": 7}', [f"Authorization: Bearer {TOKEN}"]),
            ]:
                with self.subTest(f"{door}: {name}"):
                    self.assertEqual(curl(self.urls[door], body, *headers)[0], 200)

    def test_wrong_path_and_method(self):
        """The gateway answers those that it has no route for; a function URL passes everything on."""
        url = self.urls["url"]
        self.expect("url", 404, "Not found", GOOD, f"Authorization: Bearer {TOKEN}", url=url.replace("/fim", "/other"))
        before = len(self.log_lines("url"))
        for method in ("GET", "PUT", "OPTIONS"):
            with self.subTest(method):
                status, _, answer = curl(url, GOOD, f"Authorization: Bearer {TOKEN}", options=("-X", method))
                self.assertEqual((status, json.loads(answer)["error"]), (405, "Method not allowed"))
        self.assertEqual([line["status"] for line in self.log_lines("url")[before:]], [405] * 3)
        self.good("url")

    def test_seven_megabytes(self):
        for door in self.urls:
            with self.subTest(door):
                status, _, answer = curl(self.urls[door], " " * (7 << 20), f"Authorization: Bearer {TOKEN}")
                self.assertEqual(status, 413)
                self.good(door)

    def test_from_the_model(self):
        bearer = f"Authorization: Bearer {TOKEN}"
        error = '{"object": "error", "message": "The sentence", "type": "t", "param": null, "code": "1"}'
        half = completion()[:-9]
        for name, status, sentence, answer in [
            *[(str(code), code, "Codestral error: The sentence", http_answer(code, error))
              for code in (400, 401, 403, 404, 408, 422, 429, 500, 502, 503)],
            ("key of the other host", 401, "have different keys", http_answer(401, '{"detail": "Unauthorized"}')),
            ("unknown model", 400, "Invalid model", http_answer(400, error.replace("The sentence", "Invalid model: x"))),
            ("HTML", 502, "Codestral error: HTTP 502", http_answer(502, "<html>Bad Gateway</html>")),
            ("HTML with 200", 502, "the answer is not JSON", http_answer(200, "<html>")),
            ("redirect", 502, "HTTP 302", http_answer(302, "", "Location: http://127.0.0.1:1/\r\n")),
            ("garbage", 502, "connection failed", b"SSH-2.0-OpenSSH_9.2\r\n"),
            ("no choice", 502, "holds no completion", http_answer(200, '{"choices": []}')),
            ("half an answer", 502, "connection failed", half),
            ("hung up", 502, "connection failed", lambda connection: None),
            ("silence", 504, "no answer in time", silent),
        ]:
            for door, ask in [*((door, GOOD) for door in self.urls), ("url", STREAMED)]:
                with self.subTest(f"{door}: {name}", ask=ask):
                    # A connection that dies without a word is taken for one that was dead before, once.
                    self.model.next, self.model.times = answer, 2 if name == "hung up" else 1
                    no_event = ask == STREAMED and name in ("HTML with 200", "no choice")
                    self.expect(door, status, "the answer broke off" if no_event else sentence, ask, bearer)

    def test_retry_after_is_passed_on(self):
        for door, ask in [*((door, GOOD) for door in self.urls), ("url", STREAMED)]:
            with self.subTest(door, ask=ask):
                before = len(self.log_lines(door))
                self.model.next = http_answer(429, '{"message": "Rate limit exceeded"}', "Retry-After: 17\r\n")
                status, _, answer = curl(self.urls[door], ask, f"Authorization: Bearer {TOKEN}", options=("-i",))
                self.assertEqual(status, 429)
                self.assertIn("\nretry-after: 17", answer.lower())
                self.assertEqual(json.loads(answer.splitlines()[-1]),
                                 {"success": False, "error": "Codestral error: Rate limit exceeded"})
                self.assertEqual([line["status"] for line in self.log_lines(door)[before:]], [429])
                self.good(door)

    def test_streams_of_the_model(self):
        """What was said before a stream went wrong has gone out; the error is its last event."""
        bearer, ask = f"Authorization: Bearer {TOKEN}", STREAMED
        for name, status, sentence, answer in [
            ("half a stream", 502, "the answer broke off", STREAM_HEAD + event("said").encode()),
            ("an error in it", 502, "overloaded", STREAM_HEAD + event("said").encode() + b'data: {"message": "overloaded"}\n\n'),
            ("silence in it", 504, "no answer in time",
             lambda connection: (connection.sendall(STREAM_HEAD + event("said").encode()), silent(connection))),
        ]:
            with self.subTest(name):
                before = len(self.log_lines("url"))
                self.model.next = answer
                got, content_type, body = curl(self.urls["url"], ask, bearer)
                self.assertEqual((got, content_type), (200, "text/event-stream"), body)
                events = [line[6:] for line in body.splitlines() if line.startswith("data: ")]
                self.assertEqual(json.loads(events[0]), {"delta": "said"})
                last = json.loads(events[-2])
                self.assertEqual((last["success"], last["status"], events[-1]), (False, status, "[DONE]"))
                self.assertIn(sentence, last["error"])
                self.assertEqual([line["status"] for line in self.log_lines("url")[before:]], [status])
                self.good("url")
        with self.subTest("a stream that says nothing"):
            self.model.next = STREAM_HEAD + b"data: [DONE]\n\n"
            self.expect("url", 502, "the answer broke off", ask, bearer)
        with self.subTest("a stream without end"):
            self.model.next = endless
            status, _, body = curl(self.urls["url"], ask, bearer)
            self.assertEqual(status, 200)
            self.assertIn('"finish_reason":"length"', body)
            self.assertLess(len(body), 400_000)
            self.good("url")


if __name__ == "__main__":
    unittest.main()
