"""What the tests of the Lambda share: the built programs, started and stopped; curl; the contract's examples."""

import contextlib
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = ROOT / os.environ.get("TEST_BIN", "build/dev/bin")
STATIC = ROOT / os.environ.get("TEST_FUNCTION", "build/lambda/bin/fim-lambda")
KEY = "stand-in-key-7f3a"
TEXT = "return price * quantity"
TOKEN = "a-token-of-the-tests"
TOKEN_DIGEST = hashlib.sha256(TOKEN.encode()).hexdigest()


def package(arch):
    return ROOT / f"dist/fim-lambda-{arch}.zip"


@contextlib.contextmanager
def program(*command, env=None, log=None):
    """Starts a program that prints its URL as its first line; yields (url, process)."""
    environment = {"PATH": os.environ["PATH"], **(env or {})}
    process = subprocess.Popen(
        [str(part) for part in command], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=log or subprocess.DEVNULL, text=True)
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def stand_in(*options):
    """Codestral on loopback."""
    return program(BIN / "fim-stand-in", "--text", TEXT, "--key", KEY, "--chunk-bytes", "6", *options)


def gateway(bootstrap, *options, env, log=None):
    """API Gateway or a function URL before the program."""
    return program(BIN / "fim-gateway", *options, "--", *bootstrap, env=env, log=log)


def settings(upstream, **more):
    return {"FIM_UPSTREAM_URL": upstream, "CODESTRAL_API_KEY": KEY, **more}


def curl(url, body, *headers, options=()):
    """(status, content type, body) of a POST."""
    command = ["curl", "-sS", "--max-time", "60", "-w", "\n%{http_code} %{content_type}", url, *options, "--data-binary", "@-"]
    if not any(header.lower().startswith("content-type") for header in headers):
        headers += ("Content-Type: application/json",)
    for header in headers:
        command += ["-H", header]
    done = subprocess.run(command, input=body.encode(errors="surrogateescape"), capture_output=True, check=True)
    answer, _, last = done.stdout.decode(errors="replace").rpartition("\n")
    status, _, content_type = last.partition(" ")
    return int(status), content_type, answer


def examples():
    """The four requests of the contract: a Python function, a JavaScript function, a Python class, a TypeScript interface."""
    names = ["python-function", "javascript-function", "python-class", "typescript-interface"]
    return {name: json.loads((ROOT / f"protocol/examples/endpoint-request-{name}.json").read_text())["message"]
            for name in names}


def streamed_text(body):
    """The completion that a stream of server-sent events makes up."""
    lines = [line[len("data: "):] for line in body.splitlines() if line.startswith("data: ")]
    assert lines[-1] == "[DONE]", body
    events = [json.loads(line) for line in lines[:-1]]
    assert events[-1]["success"] is True, body
    return "".join(event.get("delta", "") for event in events)


@contextlib.contextmanager
def unpacked(arch):
    """An empty root that holds the package as AWS unpacks it, with /etc/resolv.conf and certificates and nothing else."""
    with tempfile.TemporaryDirectory() as root:
        task = pathlib.Path(root, "var/task")
        task.mkdir(parents=True)
        with zipfile.ZipFile(package(arch)) as archive:
            archive.extractall(task)
        pathlib.Path(root, "etc").mkdir()
        pathlib.Path(root, "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
        (task / "bootstrap").chmod(0o755)
        yield pathlib.Path(root)
