"""The real scripts against a local AWS (moto): deploy, call, update, rotate the key, add and revoke tokens, destroy."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

import sam
from harness import KEY, ROOT, STATIC, TEXT, curl, gateway, package, stand_in


@contextlib.contextmanager
def local_aws():
    """moto's server on a free port; yields the environment that leads the AWS CLI to it."""
    code = ("import moto.server, werkzeug.serving, moto.moto_server.werkzeug_app as app\n"
            "server = werkzeug.serving.make_server('127.0.0.1', 0, app.DomainDispatcherApplication("
            "app.create_backend_app), threaded=True)\n"
            "print(f'http://127.0.0.1:{server.port}', flush=True)\n"
            "server.serve_forever()\n")
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = process.stdout.readline().strip()
        yield {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "AWS_ENDPOINT_URL": url,
               "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1",
               "AWS_REGION": "eu-west-1", "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Deploy(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.environment = stack.enter_context(local_aws())
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))

    def script(self, name, *arguments, check=True, **env):
        done = subprocess.run([str(ROOT / "lambda" / name), *map(str, arguments)], env={**self.environment, **env},
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if check:
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def aws(self, *arguments):
        done = subprocess.run(["aws", *arguments, "--output", "json"], env=self.environment, capture_output=True,
                              text=True, check=True)
        return json.loads(done.stdout or "null")

    def deploy(self, *arguments, key=KEY):
        # CloudFormation transforms SAM on AWS's side, moto does not: the real translator does it here.
        template = self.folder / "template.json"
        template.write_text(json.dumps(self.known_to_moto(sam.transformed())))
        return self.script("deploy", "--zip", package("x86_64"), "--template", template, "--no-check", *arguments,
                           CODESTRAL_API_KEY=key)

    @staticmethod
    def known_to_moto(template):
        """Without the HTTP API, which moto cannot make from a template; the endpoint gets an invented id."""
        names = [name for name, resource in template["Resources"].items() if "ApiGatewayV2" in resource["Type"]]
        for name in [*names, "ApiMayInvoke"]:
            del template["Resources"][name]
        endpoint = template["Outputs"]["Endpoint"]["Value"]["Fn::If"][2]
        endpoint["Fn::Sub"] = endpoint["Fn::Sub"].replace("${Api}", "abc123")
        template["Outputs"]["Endpoint"]["Value"] = endpoint
        return template

    def function(self):
        name = self.aws("lambda", "list-functions")["Functions"][0]["FunctionName"]
        return self.aws("lambda", "get-function", "--function-name", name)

    def call(self, token):
        """Runs what was deployed, the uploaded package with its configuration, behind the local gateway."""
        self.aws("s3", "cp", "--quiet", self.package_url(), str(self.folder / "package.zip"))
        with zipfile.ZipFile(self.folder / "package.zip") as archive:
            archive.extract("bootstrap", self.folder)
        bootstrap = self.folder / "bootstrap"
        bootstrap.chmod(0o755)
        variables = self.function()["Configuration"]["Environment"]["Variables"]
        with stand_in() as (model, _):
            env = {**variables, **self.environment, "FIM_UPSTREAM_URL": model,
                   "AWS_ENDPOINT_URL_SSM": self.environment["AWS_ENDPOINT_URL"]}
            with gateway([bootstrap], env=env) as (url, _):
                status, _, answer = curl(url, '{"prompt": "a"}', f"Authorization: Bearer {token}")
        bootstrap.unlink()
        return status, json.loads(answer)

    def package_url(self):
        [bucket] = self.aws("s3api", "list-buckets")["Buckets"]
        [package_key] = self.aws("s3api", "list-objects-v2", "--bucket", bucket["Name"])["Contents"]
        return f"s3://{bucket['Name']}/{package_key['Key']}"

    def test_a_life(self):
        output = self.deploy()
        token = re.search(r"FIMD_TOKEN=([0-9a-f]{64})", output).group(1)
        self.assertRegex(output, r"export FIMD_ENDPOINT=https://")
        status, answer = self.call(token)
        self.assertEqual((status, answer.get("completion")), (200, TEXT), answer)
        self.assertEqual(self.call("guess")[0], 401)

        # The key is in the parameter store, encrypted, and nowhere else.
        parameter = self.aws("ssm", "get-parameter", "--name", "/fim/model-key", "--with-decryption")["Parameter"]
        self.assertEqual((parameter["Type"], parameter["Value"]), ("SecureString", KEY))
        everything = json.dumps([self.function(), self.aws("cloudformation", "describe-stacks")])
        self.assertNotIn(KEY, everything + output)
        self.assertNotIn(token, everything)

        again = self.deploy()
        self.assertNotIn("FIMD_TOKEN", again)
        self.assertEqual(self.call(token)[0], 200)

        other = self.script("token", "add", "laptop").strip()
        self.assertEqual(self.script("token", "list").split(), ["first", "laptop"])
        self.assertEqual(self.call(other)[0], 200)
        self.script("token", "revoke", "first")
        self.assertEqual((self.call(token)[0], self.call(other)[0]), (401, 200))

        before = self.function()["Configuration"]["Environment"]["Variables"]["FIM_KEY_VERSION"]
        self.deploy("--new-key", key="another-key")
        parameter = self.aws("ssm", "get-parameter", "--name", "/fim/model-key", "--with-decryption")["Parameter"]
        self.assertEqual(parameter["Value"], "another-key")
        self.assertNotEqual(self.function()["Configuration"]["Environment"]["Variables"]["FIM_KEY_VERSION"], before)
        self.assertEqual(self.call(other)[0], 401)  # the stand-in knows the old key: Codestral's refusal

        output = self.script("destroy", "--yes")
        self.assertEqual(self.aws("lambda", "list-functions")["Functions"], [])
        self.assertEqual(self.aws("s3api", "list-buckets")["Buckets"], [])
        self.assertEqual(self.aws("ssm", "describe-parameters")["Parameters"], [])
        self.assertIn("Removed the key", output)

    def test_mistakes_are_named(self):
        self.assertIn("there is no stack fim", self.script("destroy", "--yes", check=False))
        self.assertIn("there is no stack fim", self.script("token", "list", check=False))
        self.assertIn("no such package", self.script("deploy", "--zip", "missing.zip", check=False))
        self.assertIn("lambda/deploy [--stack", self.script("deploy", "--what", "x", check=False))

    def test_dry_run_asks_nobody(self):
        plan = self.script("deploy", "--dry-run", "--auth", "iam", "--streaming", AWS_ENDPOINT_URL="http://127.0.0.1:1")
        self.assertIn("Auth=iam Streaming=true", plan)

    def test_invoke_local(self):
        answer = self.script("invoke", "--local", '{"prompt": ""}', FIM_PROVIDER="local", FIM_LAMBDA=str(STATIC))
        self.assertIs(json.loads(answer)["success"], True)


if __name__ == "__main__":
    unittest.main()
