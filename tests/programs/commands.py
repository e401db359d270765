"""The command line: what fimd says of arguments it understands and of those it does not."""

import json
import pathlib
import subprocess
import tempfile

from daemon import PATIENCE, environment
from path import KEY, model


def says(program, *arguments, stdin="", **variables):
    command = [program, *arguments]
    done = subprocess.run(
        command, input=stdin, env=environment(**variables), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.returncode, done.stdout, done.stderr


# arguments, exit code, what stands in stdout or stderr
LINES = [
    (["--help"], 0, "usage:"),
    (["--version"], 0, "fimd 0."),
    (["complete", "--help"], 0, "usage:"),
    (["--frobnicate"], 2, "unknown argument --frobnicate"),
    (["frobnicate"], 2, "unknown argument frobnicate"),
    ([""], 2, "unknown argument"),
    (["--endpoint"], 2, "--endpoint needs a value"),
    (["--log-level", "loud"], 2, "--log-level must be error, warning, info or debug"),
    (["--clientProcessId", "12x"], 2, "--clientProcessId must be a process id"),
    (["--clientProcessId=-1"], 2, "--clientProcessId must be a process id"),
    (["complete"], 2, "complete needs FILE:LINE:COL"),
    (["complete", "a.c"], 2, "FILE:LINE:COL, counted from 1"),
    (["complete", "a.c:1"], 2, "FILE:LINE:COL, counted from 1"),
    (["complete", "a.c:0:1"], 2, "FILE:LINE:COL, counted from 1"),
    (["complete", "a.c:1:x"], 2, "FILE:LINE:COL, counted from 1"),
    (["complete", "a.c:1:99999999999"], 2, "FILE:LINE:COL, counted from 1"),
    (["complete", "a.c:1:1", "b.c:1:1"], 2, "unknown argument b.c:1:1"),
    (["complete", "no/such/file.c:1:1"], 1, "there is no file no/such/file.c"),
    (["complete", "/:1:1"], 1, "/ is no file"),
    (["complete", "/dev/zero:1:1"], 1, "/dev/zero is no file"),
]


def argument_lines(program):
    for arguments, code, text in LINES:
        came, stdout, stderr = says(program, *arguments)
        assert came == code and text in (stderr if code else stdout), (arguments, came, stdout, stderr)
        assert (stdout == "") == (code != 0), (arguments, stdout)


def secret_argument(program):
    code, stdout, stderr = says(program, "--token=hunter2hunter2")
    assert code == 2 and "hunter2" not in stdout + stderr, stderr


def places(program):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "a b:c.py")
        file.write_text("é = first(1)\nvalue = \n")
        for place, text in (("9:1", "has 3 lines, no line 9"), ("2:99", "line 2 of"), ("1:14", "there is no column 14")):
            code, stdout, stderr = says(program, "complete", f"{file}:{place}")
            assert (code, stdout) == (2, "") and text in stderr, (place, code, stderr)
        with model(program, "--text", "answer()") as url:
            variables = {"FIM_UPSTREAM_URL": url, "CODESTRAL_API_KEY": KEY}
            assert says(program, "complete", f"{file}:2:9", **variables) == (0, "value = answer()\n", "")
        file.write_text("one = first(1)\ntwo = first(2)\nthree = fir")
        code, stdout, stderr = says(program, "complete", f"{file}:3:12", "--endpoint", "http://127.0.0.1:1")
        assert code == 0 and stdout.startswith("three = first(") and "; this is from your own text" in stderr, (code, stdout, stderr)
        file.write_text("é = first(1)\nx_y_z\n")
        for endpoint, text in (("ftp://x", "https://"), ("http://example.invalid", "plain http"), ("http://127.0.0.1:1", "connect")):
            code, stdout, stderr = says(program, "complete", f"{file}:2:6", "--endpoint", endpoint)
            assert (code, stdout) == (1, "") and text in stderr, (endpoint, code, stderr)


def secret_file(program):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, ".env.local")
        file.write_text("FIRST=1\nSECOND=")
        code, stdout, stderr = says(program, "complete", f"{file}:2:8", FIMD_ENDPOINT="http://127.0.0.1:1/fim")
        assert stdout == "" and "keeps it on this machine" in stderr and code == 0, (code, stderr)


def broken_settings(program):
    """An editor gets its server all the same, and hears what is wrong."""
    with tempfile.TemporaryDirectory() as home:
        file = pathlib.Path(home, ".config/fimd/config.json")
        file.parent.mkdir(parents=True)
        initialize = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}}
        script = json.dumps(initialize) + "\n"
        for text, fault in (
            ("{", "config.json is not valid JSON"),
            ("[]", "settings must be a JSON object"),
            ('{"maxTokens": "many", "logLevel": "loud"}', '"logLevel\\" must be'),
        ):
            file.write_text(text)
            _, stdout, stderr = says(program, "--ndjson", stdin=script, HOME=home)
            told = [message for message in map(json.loads, stdout.splitlines()) if message.get("method") == "window/logMessage"]
            assert fault in json.dumps(told), (text, stdout, stderr)
            assert any("result" in json.loads(line) for line in stdout.splitlines())


CASES = [
    ("command: arguments", argument_lines),
    ("command: a secret where none belongs", secret_argument),
    ("command: complete, places and endpoints", places),
    ("command: complete in a file of secrets", secret_file),
    ("command: settings that are broken", broken_settings),
]
