"""AWS's own Runtime Interface Emulator drives the function: the independent second opinion on the Runtime API."""

import base64
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import harness
from harness import STATIC, TEXT, TOKEN, TOKEN_DIGEST, curl, settings, stand_in

VENV = pathlib.Path(sys.executable).parent.parent


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def http_event(body, **headers):
    return {"version": "2.0", "routeKey": "POST /fim", "rawPath": "/fim", "headers": headers, "body": body,
            "requestContext": {"http": {"method": "POST", "path": "/fim"}}, "isBase64Encoded": False}


class Emulator(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        script = pathlib.Path(__file__).with_name("emulator")
        done = subprocess.run([script, VENV.relative_to(harness.ROOT)], stdout=subprocess.PIPE, text=True, check=True)
        cls.emulator = done.stdout.strip()

    @contextlib.contextmanager
    def function(self, **env):
        """Yields a function that invokes with an event, and the emulator's output."""
        door, api = free_port(), free_port()
        with tempfile.TemporaryFile("w+") as log:
            process = subprocess.Popen(
                [self.emulator, "--runtime-interface-emulator-address", f"127.0.0.1:{door}",
                 "--runtime-api-address", f"127.0.0.1:{api}", str(STATIC)],
                env={"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_TIMEOUT": "8", **env},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                until = time.monotonic() + 30
                while socket.socket().connect_ex(("127.0.0.1", door)) != 0 and time.monotonic() < until:
                    time.sleep(0.05)
                url = f"http://127.0.0.1:{door}/2015-03-31/functions/function/invocations"

                def output():
                    log.seek(0)
                    return log.read()

                yield lambda event: json.loads(curl(url, event if isinstance(event, str) else json.dumps(event))[2]), output
            finally:
                process.kill()
                process.wait()

    def test_the_contract(self):
        with stand_in() as (model, _), self.function(**settings(model, FIM_TOKENS=f"test:{TOKEN_DIGEST}")) as (invoke, output):
            for name, request in harness.examples().items():
                with self.subTest(name):
                    body = json.dumps(request)
                    answer = invoke(http_event(body, authorization=f"Bearer {TOKEN}"))
                    self.assertEqual((answer["statusCode"], json.loads(answer["body"])["completion"]), (200, TEXT))
                    self.assertEqual(invoke(request)["completion"], TEXT)  # a direct invocation
                    encoded = {**http_event(base64.b64encode(body.encode()).decode(), AUTHORIZATION=f"Bearer {TOKEN}"),
                               "isBase64Encoded": True}
                    self.assertEqual(invoke(encoded)["statusCode"], 200)
            self.assertEqual(invoke(http_event("{}"))["statusCode"], 401)
            self.assertEqual(invoke({})["error"], "Missing required field: prompt")
            self.assertEqual(invoke("[1]")["success"], False)
            lines = output()
            self.assertEqual(lines.count('"cold":true'), 1)
            self.assertNotIn(TOKEN, lines)

    def test_before_the_deadline(self):
        with stand_in("--delay-ms", "60000") as (model, _), \
                self.function(**settings(model, FIM_AUTH="none", AWS_LAMBDA_FUNCTION_TIMEOUT="3")) as (invoke, _):
            answer = invoke(http_event('{"prompt": ""}'))
            self.assertEqual((answer["statusCode"], json.loads(answer["body"])["error"]),
                             (504, "Codestral error: no answer in time"))

    def test_a_failed_init(self):
        with self.function(FIM_PROVIDER="psychic") as (invoke, _):
            answer = invoke({"prompt": ""})
            self.assertEqual(answer["errorType"], "Runtime.InvalidConfiguration")
            self.assertEqual(answer["errorMessage"], "FIM_PROVIDER: no such provider")


if __name__ == "__main__":
    unittest.main()
