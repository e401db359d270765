"""The real scripts against a local AWS (moto): deploy, call, update, rotate the key, add and revoke tokens, destroy."""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request
import zipfile

import boto3

import sam
from harness import KEY, ROOT, STATIC, TEXT, curl, gateway, package, stand_in


def plain_tools(folder):
    """A folder of programs for PATH: the AWS CLI, bash, curl, and busybox for the rest, which lacks GNU's options; as on a Mac
    there is no sha256sum but shasum."""
    for name in ("bash", "aws", "curl", "env", "perl", "shasum", "python3"):
        (folder / name).symlink_to(shutil.which(name))
    for name in ("awk", "cat", "cut", "date", "dirname", "head", "mkdir", "mkfifo", "mktemp", "od", "paste", "rm", "sed", "sleep", "tr",
                 "uname", "wc"):
        (folder / name).symlink_to(shutil.which("busybox"))
    return str(folder)


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


class Door:
    """The deployed endpoint: runs the uploaded package with its configuration behind the local gateway, anew when either
    has changed, as AWS does."""

    def __init__(self, client, environment, folder):
        self.client, self.environment, self.folder = client, environment, folder
        self.deployed, self.running, self.lock = None, contextlib.ExitStack(), threading.Lock()
        self.model, _ = self.running.enter_context(stand_in())
        self.instances = contextlib.ExitStack()
        self.running.callback(lambda: self.instances.close())
        door = self

        class Request(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                door.forward(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/fim"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.running.close()

    def instance(self):
        """The gateway before what is deployed now."""
        deployed = self.client("lambda").list_functions()["Functions"][0]["Environment"]["Variables"], self.package()
        if deployed != self.deployed:
            self.deployed = deployed
            self.restart()

    def package(self):
        """Bucket and name of the only package there."""
        [bucket] = self.client("s3").list_buckets()["Buckets"]
        [item] = self.client("s3").list_objects_v2(Bucket=bucket["Name"])["Contents"]
        return bucket["Name"], item["Key"]

    def restart(self):
        """Another instance, which remembers nothing of the one before."""
        variables, place = self.deployed
        self.instances.close()
        self.client("s3").download_file(*place, str(self.folder / "package.zip"))
        bootstrap = self.folder / "bootstrap"
        bootstrap.unlink(missing_ok=True)
        with zipfile.ZipFile(self.folder / "package.zip") as archive:
            archive.extract("bootstrap", self.folder)
        bootstrap.chmod(0o755)
        aws = self.environment["AWS_ENDPOINT_URL"]
        env = {**{name: str(value) for name, value in variables.items()}, **self.environment, "FIM_UPSTREAM_URL": self.model, "AWS_ENDPOINT_URL_SSM": aws,
               "AWS_ENDPOINT_URL_DYNAMODB": aws}
        options = ["--sign", "test:test"] if variables["FIM_AUTH"] == "iam" else []
        streaming = variables["FIM_INVOKE_MODE"] == "response_stream"
        options += ["--door", "url", "--stream"] if streaming else []
        self.gateway, _ = self.instances.enter_context(gateway([bootstrap], *options, env=env))

    def forward(self, request):
        with self.lock:
            self.instance()
            body = request.rfile.read(int(request.headers["Content-Length"]))
            # Byte for byte what came, Host too: it is signed.
            connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.gateway).netloc)
            connection.putrequest("POST", "/fim", skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
        request.send_response(answer.status)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)


class Deploy(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.environment = stack.enter_context(local_aws())
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (self.folder / "tools").mkdir()
        self.environment["PATH"] = plain_tools(self.folder / "tools")
        self.door = Door(self.client, self.environment, self.folder)
        stack.callback(self.door.close)

    def script(self, name, *arguments, check=True, **env):
        done = subprocess.run([str(ROOT / "lambda" / name), *map(str, arguments)], env={**self.environment, **env},
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if check:
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def client(self, service):
        """What looks at the local AWS without the CLI, which the scripts use: it starts slowly."""
        return boto3.client(service, endpoint_url=self.environment["AWS_ENDPOINT_URL"], region_name="eu-west-1",
                            aws_access_key_id="test", aws_secret_access_key="test")

    def deploy(self, *arguments, key=KEY, check=True):
        # CloudFormation transforms SAM on AWS's side, moto does not: the real translator does it here.
        template = self.folder / "template.json"
        template.write_text(json.dumps(self.known_to_moto(sam.transformed())))
        return self.script("deploy", "--zip", package("x86_64"), "--template", template, *arguments, check=check,
                           CODESTRAL_API_KEY=key)

    def known_to_moto(self, template):
        """Without the HTTP API, which moto cannot make from a template; the endpoint is our own door."""
        names = [name for name, resource in template["Resources"].items() if "ApiGatewayV2" in resource["Type"]]
        for name in [*names, "ApiMayInvoke", "CallerPolicy"]:
            del template["Resources"][name]
        template["Outputs"]["Endpoint"]["Value"] = self.door.url
        template["Outputs"]["CallerPolicy"]["Value"] = "policy"
        return template

    def function(self):
        [function] = self.client("lambda").list_functions()["Functions"]
        return {**function, "Variables": function["Environment"]["Variables"]}

    def parameter(self):
        parameter = self.client("ssm").get_parameter(Name="/fim/model-key", WithDecryption=True)["Parameter"]
        return parameter["Type"], parameter["Value"]

    def call(self, token, body='{"prompt": "a"}'):
        status, _, answer = curl(self.door.url, body, f"Authorization: Bearer {token}")
        return status, json.loads(answer)

    def test_a_life(self):
        output = self.deploy()
        token = re.search(r"FIMD_TOKEN=([0-9a-f]{64})", output).group(1)
        self.assertIn(f"Asking {self.door.url} for a completion", output)
        self.assertIn(f"export FIMD_ENDPOINT={self.door.url}", output)
        status, answer = self.call(token)
        self.assertEqual((status, answer.get("completion")), (200, TEXT), answer)
        self.assertEqual(self.call("guess")[0], 401)

        # The key is in the parameter store, encrypted, and nowhere else.
        self.assertEqual(self.parameter(), ("SecureString", KEY))
        everything = str([self.function(), self.client("cloudformation").describe_stacks(),
                          self.client("cloudformation").get_template(StackName="fim")])
        self.assertNotIn(KEY, everything + output)
        self.assertNotIn(token, everything)

        before = self.function()
        again = self.deploy("--no-check")
        self.assertNotIn("export FIMD_TOKEN", again)
        self.assertEqual(self.function(), before)

        names = {name: self.script("token", "add", name).strip() for name in ("a.b", "axb")}
        self.script("token", "revoke", "a.b")
        self.assertEqual(self.script("token", "list").split(), ["first", "axb"])
        self.script("token", "revoke", "first")
        self.assertEqual([self.call(known)[0] for known in (token, names["a.b"], names["axb"])], [401, 401, 200])
        self.assertIn("there is no token of that name", self.script("token", "revoke", "a", check=False))
        self.assertIn("a name has letters", self.script("token", "add", "a b", check=False))

        self.assertIn("there is a token of that name", self.script("token", "add", "axb", check=False))
        for odd in ("--region", "", "a,b", "a:b", "x" * 41, "é"):
            self.assertIn("a name has letters", self.script("token", "add", odd, check=False))

        self.deploy("--new-key", "--no-check", key="another-key")
        self.assertEqual(self.parameter(), ("SecureString", "another-key"))
        self.assertNotEqual(self.function()["Variables"]["FIM_KEY_VERSION"], before["Variables"]["FIM_KEY_VERSION"])
        status, answer = self.call(names["axb"])  # the stand-in knows the old key: Codestral's refusal
        self.assertEqual((status, answer["error"][:29]), (401, "Codestral error: Unauthorized"))

        self.assertIn("nobody can call until", self.script("token", "revoke", "axb"))
        self.assertEqual(self.script("token", "list"), "")
        self.assertEqual(self.call(names["axb"])[0], 401)
        last = self.script("token", "add", "last").strip()
        self.assertEqual(self.call(last)[0], 401)  # let in, and then Codestral's refusal of the other key
        self.assertIn("Codestral", self.call(last)[1]["error"])

        self.logs_and_invoke()
        output = self.script("destroy", "--yes")
        self.assertEqual(self.client("lambda").list_functions()["Functions"], [])
        self.assertEqual(self.client("s3").list_buckets()["Buckets"], [])
        self.assertEqual(self.client("ssm").describe_parameters()["Parameters"], [])
        self.assertEqual(self.client("iam").list_roles()["Roles"], [])
        self.assertEqual(self.client("cloudwatch").describe_alarms()["MetricAlarms"], [])
        self.assertIn("Removed the key", output)
        self.assertIn("Left: ", output)

    def logs_and_invoke(self):
        logs, group = self.client("logs"), "/aws/lambda/fim"
        logs.create_log_stream(logGroupName=group, logStreamName="s")
        event = {"timestamp": int(time.time() * 1000), "message": '{"request_id":"r"}'}
        logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event])
        clock = time.strftime("%H:%M:%S", time.gmtime(event["timestamp"] / 1000))
        self.assertEqual(self.script("logs", "--since", "08m"), f'{clock} {{"request_id":"r"}}\n')
        self.assertEqual(logs.describe_log_groups()["logGroups"][0]["retentionInDays"], 14)
        # moto runs no functions without Docker: told so, it gives the event back.
        self.run_in_docker(False)
        self.assertEqual(self.script("invoke", '{"prompt": "x"}'), '{"prompt": "x"}\n')
        self.run_in_docker(True)

    def run_in_docker(self, yes):
        body = json.dumps({"lambda": {"use_docker": yes}}).encode()
        request = urllib.request.Request(self.environment["AWS_ENDPOINT_URL"] + "/moto-api/config", method="POST", data=body,
                                         headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request).close()

    def test_a_bad_key_is_found_out_and_the_token_is_not_lost(self):
        output = self.deploy(key="a-key-of-the-other-host", check=False)
        self.assertRegex(output, r"FIMD_TOKEN=[0-9a-f]{64}")
        self.assertIn("Codestral error: Unauthorized", output)
        self.assertIn("FIM_UPSTREAM_URL", output)
        self.assertNotIn("a-key-of-the-other-host", output)

    def test_signed_and_streamed(self):
        output = self.deploy("--auth", "iam", "--streaming")  # its check is signed
        self.assertIn("who has the policy", output)
        self.assertNotIn("FIMD_TOKEN", output)
        self.assertEqual(curl(self.door.url, '{"prompt": "a"}')[0], 403)
        self.deploy("--no-check")  # what is not said stays as it was
        variables = self.function()["Variables"]
        self.assertEqual((variables["FIM_INVOKE_MODE"], variables["FIM_AUTH"]), ("response_stream", "iam"))

    def test_a_team_shares_its_budget_over_all_instances(self):
        output = self.deploy("--set", "ExactBudgets=true", "--set", "DailyCalls=3")
        token = re.search(r"FIMD_TOKEN=([0-9a-f]{64})", output).group(1)  # whose first call was the check
        self.assertEqual(self.call(token)[0], 200)
        self.door.restart()
        self.assertEqual(self.call(token)[0], 200)
        self.door.restart()
        status, answer = self.call(token)
        self.assertEqual((status, answer["error"]), (429, "Daily budget used up"))
        [table] = self.client("dynamodb").list_tables()["TableNames"]
        [item] = self.client("dynamodb").scan(TableName=table)["Items"]
        self.assertEqual((item["caller"], item["calls"]), ({"S": "first"}, {"N": "3"}))
        self.assertGreater(int(item["tokens"]["N"]), 0)
        self.assertGreater(int(item["expires"]["N"]), int(item["day"]["N"]) * 86400)

    def test_mistakes_are_named(self):
        self.assertIn("there is no stack fim", self.script("destroy", "--yes", check=False))
        self.assertIn("there is no stack fim", self.script("token", "list", check=False))
        self.assertIn("no such package", self.script("deploy", "--zip", "missing.zip", check=False))
        self.assertIn("lambda/deploy [--stack", self.script("deploy", "--what", "x", check=False))
        for option in ("--auth", "--arch", "--provider", "--stack"):
            self.assertIn(f"deploy: {option}: ", self.script("deploy", option, "?", check=False))

    def test_dry_run_asks_nobody(self):
        """Every combination has a plan, which says what is missing."""
        nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
        for auth, token in (("token", "the first one"), ("iam", "requests must be signed"), ("none", "anybody may call")):
            for provider, lacks in (("codestral", []), ("deepseek", []), ("local", []), ("llamacpp", ["--upstream-url"]),
                                    ("openai", ["--upstream-url", "--model"]), ("ollama", ["--upstream-url", "--model"])):
                for streaming in ([], ["--streaming"]):
                    for arch in ("arm64", "x86_64"):
                        plan = self.script("deploy", "--dry-run", "--auth", auth, "--provider", provider, "--arch", arch, *streaming,
                                           **nowhere)
                        said = f"Auth={auth} {'Streaming=true ' if streaming else ''}Provider={provider}\n"
                        for part in (f"for {arch}\n", said, token, *(f"needs {option}" for option in lacks)):
                            self.assertIn(part, plan)
                        self.assertEqual(plan.count("needs"), len(lacks))
        complete = self.script("deploy", "--dry-run", "--provider", "ollama", "--upstream-url", "https://o", "--set", "Model=m", **nowhere)
        self.assertNotIn("needs", complete)

    def test_what_others_made_is_left_alone(self):
        """A stack of that name which is not ours is neither updated nor removed."""
        template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
        self.client("cloudformation").create_stack(StackName="fim", TemplateBody=template)
        for script, *arguments in (("deploy", "--zip", package("x86_64")), ("destroy", "--yes"), ("token", "add", "a")):
            self.assertIn("is somebody else's", self.script(script, *arguments, check=False))
        [stack] = self.client("cloudformation").describe_stacks()["Stacks"]
        self.assertEqual(stack["StackStatus"], "CREATE_COMPLETE")
        self.assertEqual(self.client("s3").list_buckets()["Buckets"], [])

    def test_what_aws_refuses_is_said(self):
        """The CLI is missing, knows no credentials, no such region, or may not ask the parameter store: nothing is made then."""
        ours = ["deploy", "--zip", package("x86_64")]
        (self.folder / "tools/aws").rename(self.folder / "aws")
        self.assertIn("the AWS CLI is missing", self.script(*ours, check=False))
        # Says what AWS says there; everything else it passes on.
        fake = self.folder / "tools/aws"
        for refused, error, sentence in (
                ("sts", "Unable to locate credentials. You can configure credentials", "no working credentials: run 'aws configure'"),
                ("sts", "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation", "aws sso login"),
                ("sts", 'Could not connect to the endpoint URL: "https://sts.mars-1.amazonaws.com/"', "cannot be reached in mars-1"),
                ("ssm", "An error occurred (AccessDeniedException) when calling the GetParameter operation", "does not say whether"),
                ("cloudformation", "An error occurred (AccessDenied) when calling the DescribeStacks operation", "(AccessDenied)"),
                ("update-stack", "Stack:fim is in UPDATE_IN_PROGRESS state and can not be updated", "is being changed by another run")):
            with self.subTest(error):
                if refused == "update-stack":
                    self.deploy("--no-check")
                fake.write_text(f"#!/bin/sh\ncase \"$1 $2\" in *{refused}*) echo '{error}' >&2; exit 254;; esac\nexec '{self.folder}/aws' \"$@\"\n")
                fake.chmod(0o755)
                region = ("--region", "mars-1") if "mars" in error else ()
                command = ("token", "add", "a") if refused == "update-stack" else (*ours, *region)
                output = self.script(*command, check=False, CODESTRAL_API_KEY=KEY)
                self.assertIn(sentence, output)
                self.assertNotIn(KEY, output)
                if refused == "update-stack":
                    continue
                fake.write_text(f"#!/bin/sh\nexec '{self.folder}/aws' \"$@\"\n")
                self.assertEqual(self.client("cloudformation").describe_stacks()["Stacks"], [])
                self.assertEqual(self.client("ssm").describe_parameters()["Parameters"], [])
        self.assertEqual(self.script("token", "list", check=False).split(), ["first"])

    def test_the_key_is_asked_for_at_a_terminal_only(self):
        """And is not shown there."""
        command = [str(ROOT / "lambda/deploy"), "--zip", str(package("x86_64")), "--new-key"]
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              start_new_session=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("deploy: set CODESTRAL_API_KEY, or run this at a terminal", done.stderr)
        child, terminal = pty.fork()
        if child == 0:
            os.execve(command[0], command, self.environment)
        shown = b""
        while b"(not shown): " not in shown:
            shown += os.read(terminal, 4096)
        os.write(terminal, KEY.encode() + b"\n")
        with contextlib.suppress(OSError):  # how a terminal ends
            while piece := os.read(terminal, 4096):
                shown += piece
        os.waitpid(child, 0)
        os.close(terminal)
        self.assertNotIn(KEY.encode(), shown)
        self.assertEqual(self.parameter(), ("SecureString", KEY))

    def test_no_program_is_told_the_key_or_a_token(self):
        """Arguments can be read by everybody on the machine: those of every program that is started are written down here."""
        seen = self.folder / "arguments"
        for name in ("aws", "curl"):
            program = self.folder / "tools" / name
            real = program.rename(self.folder / name)
            program.write_text(f"#!/bin/sh\necho \"$0 $*\" >>'{seen}'\nexec '{real}' \"$@\"\n")
            program.chmod(0o755)
        token = re.search(r"FIMD_TOKEN=([0-9a-f]{64})", self.deploy()).group(1)
        added = self.script("token", "add", "second").strip()
        arguments = seen.read_text()
        self.assertIn("put-parameter", arguments)
        self.assertIn("/curl ", arguments)
        for secret in (KEY, token, added):
            self.assertNotIn(secret, arguments)

    def test_invoke_local(self):
        answer = self.script("invoke", "--local", '{"prompt": ""}', FIM_PROVIDER="local", FIM_LAMBDA=str(STATIC))
        self.assertIs(json.loads(answer)["success"], True)


if __name__ == "__main__":
    unittest.main()
