"""The four requests of the contract with curl, through every door, with and without the right to enter."""

import json
import subprocess
import tempfile
import unittest

import botocore.auth
import botocore.awsrequest
import botocore.credentials

import harness
from harness import STATIC, TEXT, TOKEN, TOKEN_DIGEST, curl, gateway, settings, stand_in, streamed_text


def signed_headers(url, body, service, secret="secret"):
    """What botocore, the independent oracle, adds to a request."""
    request = botocore.awsrequest.AWSRequest("POST", url, data=body, headers={"Content-Type": "application/json"})
    credentials = botocore.credentials.Credentials("AKIDEXAMPLE", secret)
    botocore.auth.SigV4Auth(credentials, service, "eu-west-1").add_auth(request)
    return [f"{name}: {value}" for name, value in request.headers.items() if name.lower() != "content-type"]


class Contract(unittest.TestCase):
    def all_examples(self, url, headers_for=lambda body: []):
        for name, request in harness.examples().items():
            with self.subTest(name):
                body = json.dumps(request)
                status, content_type, answer = curl(url, body, *headers_for(body))
                self.assertEqual((status, content_type), (200, "application/json"), answer)
                answer = json.loads(answer)
                self.assertIs(answer["success"], True)
                self.assertEqual((answer["completion"], answer["provider"]), (TEXT, "codestral"))

    def all_examples_streamed(self, url, headers_for=lambda body: []):
        for name, request in harness.examples().items():
            with self.subTest(name):
                body = json.dumps({**request, "stream": True})
                status, content_type, answer = curl(url, body, *headers_for(body))
                self.assertEqual((status, content_type), (200, "text/event-stream"), answer)
                self.assertEqual(streamed_text(answer), TEXT)

    def test_serve(self):
        with stand_in() as (model, _), harness.program(STATIC, "serve", env=settings(model)) as (url, _):
            self.all_examples(url)
            self.all_examples_streamed(url)

    def test_with_a_token(self):
        with stand_in() as (model, _):
            for door in ("v2", "v1", "url"):
                env = settings(model, FIM_TOKENS=f"test:{TOKEN_DIGEST}")
                with self.subTest(door), gateway([STATIC], "--door", door, env=env) as (url, _):
                    self.all_examples(url, lambda body: [f"Authorization: Bearer {TOKEN}"])
                    for headers in ([], ["Authorization: Bearer wrong"], [f"Authorization: Basic {TOKEN}"]):
                        status, _, answer = curl(url, '{"prompt": ""}', *headers)
                        self.assertEqual((status, json.loads(answer)), (401, {"success": False, "error": "Unauthorized"}))

    def test_with_a_token_streamed(self):
        env = {"FIM_TOKENS": f"test:{TOKEN_DIGEST}", "FIM_INVOKE_MODE": "response_stream"}
        with stand_in() as (model, _), gateway([STATIC], "--door", "url", "--stream", env=settings(model, **env)) as (url, _):
            self.all_examples_streamed(url, lambda body: [f"Authorization: Bearer {TOKEN}"])
            self.all_examples(url, lambda body: [f"Authorization: Bearer {TOKEN}"])
            self.assertEqual(curl(url, '{"prompt": "", "stream": true}')[0], 401)

    def test_signed(self):
        with stand_in() as (model, _):
            for door, service in (("v2", "execute-api"), ("url", "lambda")):
                env = settings(model, FIM_AUTH="iam")
                options = ("--door", door, "--sign", "AKIDEXAMPLE:secret")
                with self.subTest(door), gateway([STATIC], *options, env=env) as (url, _):
                    self.all_examples(url, lambda body: signed_headers(url, body, service))
                    other_body = signed_headers(url, '{"prompt": "other"}', service)
                    for headers in ([], signed_headers(url, '{"prompt": ""}', service, "wrong"), other_body):
                        status, _, answer = curl(url, '{"prompt": ""}', *headers)
                        self.assertEqual((status, json.loads(answer)), (403, {"message": "Forbidden"}))

    def test_signed_and_streamed(self):
        options = ("--door", "url", "--stream", "--sign", "AKIDEXAMPLE:secret")
        with stand_in() as (model, _):
            env = settings(model, FIM_AUTH="iam", FIM_INVOKE_MODE="response_stream")
            with gateway([STATIC], *options, env=env) as (url, _):
                self.all_examples_streamed(url, lambda body: signed_headers(url, body, "lambda"))
                self.assertEqual(curl(url, '{"prompt": "", "stream": true}')[0], 403)

    def test_signed_by_curl_itself(self):
        """curl is a third implementation of the signature."""
        with stand_in() as (model, _), \
                gateway([STATIC], "--sign", "AKIDEXAMPLE:secret", env=settings(model, FIM_AUTH="iam")) as (url, _):
            for name, request in harness.examples().items():
                for secret, status in (("secret", 200), ("wrong", 403)):
                    with self.subTest(name, secret=secret), tempfile.NamedTemporaryFile("w") as body:
                        # From a file by --data, whose bytes curl signs; from stdin it would read them too late.
                        body.write(json.dumps(request))
                        body.flush()
                        done = subprocess.run(
                            ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--aws-sigv4", "aws:amz:eu-west-1:execute-api",
                             "--user", f"AKIDEXAMPLE:{secret}", "-H", "Content-Type: application/json", "--data", f"@{body.name}", url],
                            capture_output=True, text=True, check=True)
                        self.assertEqual(done.stdout, str(status))

    def test_preflight(self):
        """With origins the gateway answers; without, a function URL passes it on and the function refuses."""
        ask = ("-X", "OPTIONS", "-i")
        with stand_in() as (model, _):
            with gateway([STATIC], "--cors", "https://a.example", env=settings(model, FIM_AUTH="none")) as (url, _):
                _, _, answer = curl(url, "", "Origin: https://a.example", options=ask)
                self.assertIn("access-control-allow-origin: https://a.example", answer.lower())
                _, _, answer = curl(url, "", "Origin: https://b.example", options=ask)
                self.assertNotIn("access-control", answer.lower())
            with gateway([STATIC], "--door", "url", env=settings(model, FIM_AUTH="none")) as (url, _):
                status, _, answer = curl(url, "", "Origin: https://a.example", options=ask)
                self.assertEqual(status, 405)
                self.assertNotIn("access-control", answer.lower())

    def test_the_gateway_limits_the_rate(self):
        with stand_in() as (model, _):
            options = ("--rate", "0.001", "--burst", "2")
            with gateway([STATIC], *options, env=settings(model, FIM_AUTH="none")) as (url, _):
                self.assertEqual([curl(url, '{"prompt": ""}')[0] for _ in range(3)], [200, 200, 429])

    def test_a_form_post_without_content_type_arrives_in_base64_and_is_read(self):
        with stand_in() as (model, _), gateway([STATIC], env=settings(model, FIM_AUTH="none")) as (url, _):
            status, _, _ = curl(url, '{"prompt": ""}', "Content-Type: application/x-www-form-urlencoded")
            self.assertEqual(status, 200)


if __name__ == "__main__":
    unittest.main()
