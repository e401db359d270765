"""Bad input that no HTTP client can make: malformed events, as `aws lambda invoke` hands them over, and a parameter store, a
clock or a freeze that the function has to live with. Each: an error of the contract, one line in the log, and the next works."""

import base64
import contextlib
import json
import pathlib
import re
import tempfile
import time
import unittest

from bad_model import STREAM_HEAD, BadModel, completion, drip, event, http_answer, silent
from harness import STATIC, TEXT, TOKEN, TOKEN_DIGEST, curl, gateway, settings

GOOD = '{"prompt": "a"}'
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def v2(body=GOOD, **fields):
    return {"version": "2.0", "rawPath": "/fim", "headers": BEARER, "requestContext": {"http": {"method": "POST", "path": "/fim"}},
            "body": body, "isBase64Encoded": False, **fields}


def v1(body=GOOD, **fields):
    return {"resource": "/fim", "path": "/prod/fim", "httpMethod": "POST", "headers": BEARER, "body": body,
            "isBase64Encoded": False, **fields}


class BadEvents(unittest.TestCase):
    def setUp(self):
        self.model = BadModel()
        self.addCleanup(self.model.close)
        self.log = tempfile.TemporaryFile("w+")
        self.addCleanup(self.log.close)

    def lines(self):
        self.log.seek(0)
        return [json.loads(line) for line in self.log.read().splitlines() if line.startswith("{")]

    def statuses(self):
        return [line["status"] for line in self.lines()]

    def expect(self, url, status, sentence, body):
        """One bad request, and how it is answered and logged; what the gateway made of it."""
        before = len(self.lines())
        got, _, answer = curl(url, body)
        answer = json.loads(answer)
        enveloped = "statusCode" in answer
        inner = json.loads(answer["body"]) if enveloped else answer
        self.assertEqual(set(inner), {"success", "error"})
        self.assertIs(inner["success"], False)
        self.assertIn(sentence, inner["error"])
        self.assertEqual(answer["statusCode"] if enveloped else status, status)
        [line] = self.lines()[before:]
        self.assertEqual(line["status"], status)
        self.assertTrue(line["request_id"])
        return got

    def function(self, *options, **env):
        return gateway([STATIC], *options, env=settings(self.model.url, **{"FIM_AUTH": "none", **env}), log=self.log)

    def test_malformed_events(self):
        """Text that is no event, and events with a field that is missing or of another type."""
        deep = "[" * 100_000
        cases = [
            ("nothing", 400, "not a JSON object", ""),
            ("no JSON", 400, "not a JSON object", "{"),
            ("a number", 400, "not a JSON object", "7"),
            ("an array", 400, "not a JSON object", "[]"),
            ("null", 400, "not a JSON object", "null"),
            ("not UTF-8", 400, "not a JSON object", '{"prompt": "\udcff"}'),
            ("NaN", 400, "not a JSON object", '{"prompt": "a", "temperature": NaN}'),
            ("deep", 400, "not a JSON object", deep),
            ("a field that is deep", 400, "not valid JSON", '{"x": ' + deep + "]" * 100_000 + "}"),
            ("no field", 400, "Missing required field: prompt", "{}"),
            ("no body", 400, "not valid JSON", json.dumps(v2(None))),
            ("a body that is an object", 400, "Field body must be a string", json.dumps(v2({"prompt": "a"}))),
            ("a body that is a number", 400, "Field body must be a string", json.dumps(v1(7))),
            ("a body that is garbage", 400, "not valid JSON", json.dumps(v1("}{"))),
            ("base64 garbage", 400, "not valid base64", json.dumps(v2("%%%%", isBase64Encoded=True))),
            ("base64 cut short", 400, "not valid base64", json.dumps(v1("eyJwc", isBase64Encoded=True))),
            ("base64 of garbage", 400, "not valid JSON", json.dumps(v2(base64.b64encode(b"\x00\xff").decode(), isBase64Encoded=True))),
            ("no headers", 401, "Unauthorized", json.dumps(v2(headers=None))),
            ("headers of another type", 401, "Unauthorized", json.dumps(v1(headers=["Authorization", TOKEN]))),
            ("a header that is a list", 401, "Unauthorized", json.dumps(v1(headers={"Authorization": [f"Bearer {TOKEN}"]}))),
            ("a method of v1", 405, "Method not allowed", json.dumps(v1(httpMethod="DELETE"))),
            ("a method of v2", 405, "Method not allowed", json.dumps(v2(requestContext={"http": {"method": "GET"}}))),
            ("a path of v1", 404, "Not found", json.dumps(v1(path="/prod/other"))),
            ("a path of v2", 404, "Not found", json.dumps(v2(rawPath="/fim/../admin"))),
            ("seven megabytes", 413, "Request too large", json.dumps(v2(" " * (7 << 20)))),
            ("seven megabytes without an envelope", 413, "Request too large", json.dumps({"prompt": "x" * (7 << 20)})),
        ]
        good = [json.dumps(v2()), json.dumps(v1()), GOOD, json.dumps({"body": GOOD}), json.dumps(v2(headers={"AUTHORIZATION": f"bearer {TOKEN}"})),
                json.dumps(v2(base64.b64encode(GOOD.encode()).decode(), isBase64Encoded=True)),
                '{"body": 1, "body": "{\\"prompt\\": 1, \\"prompt\\": \\"a\\"}"}']
        with self.function("--door", "invoke", FIM_AUTH="token", FIM_TOKENS=f"test:{TOKEN_DIGEST}") as (url, _):
            for number, (name, status, sentence, body) in enumerate(cases):
                with self.subTest(name):
                    self.expect(url, status, sentence, body)
                    answer = json.loads(curl(url, good[number % len(good)])[2])
                    self.assertEqual(json.loads(answer.get("body", json.dumps(answer)))["completion"], TEXT)

    def test_the_parameter_store(self):
        """Denied, without that name, slow, gone, talking nonsense: the request is refused and the next one asks again."""
        def refused(kind):
            return http_answer(400, json.dumps({"__type": kind, "Message": "canary"}))

        for name, sentence, answer in [
            ("denied", "AccessDeniedException", refused("AccessDeniedException")),
            ("no such name", "ParameterNotFound", refused("ParameterNotFound")),
            ("busy", "ThrottlingException", refused("ThrottlingException")),
            ("slow", "could not be read", silent),
            ("gone", "could not be read", lambda connection: None),
            ("nonsense", "could not be read", http_answer(200, "<html>")),
            ("an empty key", "an answer without a value", http_answer(200, '{"Parameter": {"Value": ""}}')),
        ]:
            store = BadModel()
            with self.subTest(name), contextlib.closing(store):
                key = http_answer(200, '{"Parameter": {"Value": "k"}}')
                env = {"CODESTRAL_API_KEY": "", "FIM_KEY_PARAMETER": "/fim/model-key", "AWS_ENDPOINT_URL_SSM": store.url,
                       "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1"}
                store.next, store.times = answer, 2  # INIT's question and the first request's
                with self.function(**env) as (url, _):
                    begin = time.monotonic()
                    self.assertEqual(self.expect(url, 500, sentence, GOOD), 500)
                    self.assertLess(time.monotonic() - begin, 6)
                    store.next = key
                    self.assertEqual(curl(url, GOOD)[0], 200)
                    self.assertEqual(curl(url, GOOD)[0], 200)  # it is not asked any more: it would say nonsense
                self.assertEqual(self.statuses()[-3:], [500, 200, 200])
                self.log.seek(0)
                self.assertNotIn("canary", self.log.read())

    def test_no_key(self):
        with self.function(CODESTRAL_API_KEY="") as (url, _):
            for _ in range(2):
                self.assertEqual(self.expect(url, 500, "CODESTRAL_API_KEY not configured", GOOD), 500)

    def test_the_deadline_of_the_invocation(self):
        """Answered before AWS ends the process, however patient the settings are; streamed, too."""
        for options, mode in (([], "buffered"), (["--door", "url", "--stream"], "response_stream")):
            with self.subTest(mode), self.function("--timeout-ms", "3000", *options, FIM_MODEL_TIMEOUT_MS="60000",
                                                   FIM_INVOKE_MODE=mode) as (url, _):
                for body in (GOOD, '{"prompt": "a", "stream": true}'):
                    self.model.next = silent
                    begin = time.monotonic()
                    self.assertEqual(self.expect(url, 504, "Codestral error: no answer in time", body), 504)
                    self.assertGreater(time.monotonic() - begin, 2)
                    self.assertEqual(curl(url, GOOD)[0], 200)

    def test_a_stream_that_never_ends_stops_at_the_deadline(self):
        """Not silent, not long, and not over either."""
        with self.function("--door", "url", "--stream", FIM_MODEL_TIMEOUT_MS="1500", FIM_INVOKE_MODE="response_stream") as (url, _):
            self.model.next = drip
            status, kind, body = curl(url, '{"prompt": "a", "stream": true}')
            self.assertEqual((status, kind), (200, "text/event-stream"))
            events = [line[6:] for line in body.splitlines() if line.startswith("data: ")]
            self.assertEqual(json.loads(events[0]), {"delta": "x"})
            self.assertEqual(json.loads(events[-2]), {"success": False, "status": 504, "error": "Codestral error: no answer in time"})
            self.assertEqual(events[-1], "[DONE]")
            self.assertEqual(self.statuses(), [504])
            self.assertEqual(curl(url, GOOD)[0], 200)

    def test_frozen_while_the_model_hangs_up(self):
        """AWS stops the process between events; its connection to the model may be dead when it wakes up. The gateway does so."""
        for reset in (False, True):
            for options, mode in (([], "buffered"), (["--door", "url", "--stream"], "response_stream")):
                with self.subTest(mode, reset=reset), self.function("--freeze", *options, FIM_INVOKE_MODE=mode) as (url, _):
                    self.log.seek(0)
                    process = re.findall(r"fim-gateway: pid (\d+) ready", self.log.read())[-1]
                    for _ in range(3):
                        self.assertTrue(self.frozen(process))
                        self.model.hang_up(reset)
                        status, _, answer = curl(url, GOOD)
                        self.assertEqual((status, json.loads(answer).get("completion")), (200, TEXT), answer)
                self.assertEqual(set(self.statuses()), {200})

    def frozen(self, process):
        until = time.monotonic() + 10
        while time.monotonic() < until:
            if pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                return True
        return False

    def test_the_model_says_too_much(self):
        """More than any completion is: refused when whole, cut when streamed."""
        with self.function() as (url, _):
            self.model.next = completion("x" * (2 << 20))
            self.assertEqual(self.expect(url, 502, "Codestral error: ", GOOD), 502)
            self.assertEqual(curl(url, GOOD)[0], 200)

    def test_only_a_configured_name_of_a_model_is_logged(self):
        """What the model calls itself could be anything; the answer passes it on, the log does not."""
        said = {"model": "secret-word", "choices": [{"message": {"content": TEXT}, "finish_reason": "secret-reason"}]}
        stream = STREAM_HEAD + b"data: " + json.dumps({"model": "secret-word", "choices": [
            {"delta": {"content": TEXT}, "finish_reason": "secret-reason"}]}).encode() + b"\n\ndata: [DONE]\n\n"
        with self.function(FIM_MODEL="codestral-2508") as (url, _):
            for answer in (http_answer(200, json.dumps(said)), stream):
                self.model.next = answer
                curl(url, GOOD)
            self.assertEqual(curl(url, GOOD)[0], 200)
        self.assertEqual([line["model"] for line in self.lines()], ["codestral-2508"] * 3)
        self.log.seek(0)
        self.assertNotIn("secret", self.log.read())


if __name__ == "__main__":
    unittest.main()
