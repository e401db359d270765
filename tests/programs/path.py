"""From a keystroke to the model and back: fimd, the backend it starts, and a stand-in for Codestral behind it."""

import contextlib
import json
import pathlib
import subprocess

from daemon import EXAMPLES, PATIENCE, Daemon, environment

KEY = "the-key-of-the-model"
# What a model may say: several bytes per character, quotes, tabs, several lines.
LINE = 'add("größe", \'🎉\');'
BLOCK = 'if (total < 0) {\n\t\tthrow "größe 🎉";\n\t}'


@contextlib.contextmanager
def serving(*command, **variables):
    """A program that prints its URL first and ends with its stdin."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(**variables), text=True, **pipes) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


@contextlib.contextmanager
def model(program, *options):
    stand_in = pathlib.Path(program).parent / "fim-stand-in"
    options = options or ("--text", LINE)
    with serving(stand_in, "--key", KEY, "--chunk-bytes", "5", *options, "--exit-with-parent") as url:
        yield url


def byte_for_byte(stream):
    def run(program):
        for said, text in ((LINE, "int main() {\n\tint total = \n}\n"), (BLOCK, "int f(int total) {\n\t\n}\n")):
            with model(program, "--text", said.replace("\n", "\\n")) as url:
                with Daemon(program, FIM_UPSTREAM_URL=url, CODESTRAL_API_KEY=KEY) as daemon:
                    daemon.initialize(stream=stream)
                    daemon.open(text)
                    came = daemon.complete(1, len(text.split("\n")[1]))
                    assert came == [said], came
                    assert not daemon.said("showMessage"), daemon.notifications

    return run


def one_script(program):
    """The whole session of an editor out of printf."""
    messages = [
        {"id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}},
        {"method": "textDocument/didOpen",
         "params": {"textDocument": {"uri": "file:///a.c", "languageId": "c", "version": 1, "text": "int total = "}}},
        {"id": 2, "method": "textDocument/inlineCompletion",
         "params": {"textDocument": {"uri": "file:///a.c"}, "position": {"line": 0, "character": 12},
                    "context": {"triggerKind": 1}}},
        {"id": 3, "method": "shutdown"},
        {"method": "exit"},
    ]
    script = "".join(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in messages)
    with model(program) as url:
        variables = environment(FIM_UPSTREAM_URL=url, CODESTRAL_API_KEY=KEY)
        command = ["sh", "-c", 'printf "%s" "$1" | "$0" --ndjson', program, script]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=PATIENCE, check=False)
    replies = {reply.get("id"): reply for reply in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, done
    assert replies[2]["result"]["items"][0]["insertText"] == LINE, replies[2]
    assert replies[3]["result"] is None


def examples_with_curl(program):
    """The four requests of the endpoint's contract."""
    backend = pathlib.Path(program).parent / "fim-lambda"
    options = ("serve", "--listen", "127.0.0.1:0", "--exit-with-parent", "--quiet")
    with model(program) as upstream, serving(
        backend, *options, FIM_UPSTREAM_URL=upstream, CODESTRAL_API_KEY=KEY
    ) as url:
        for name in ("python-function", "javascript-function", "python-class", "typescript-interface"):
            example = json.loads((EXAMPLES / f"endpoint-request-{name}.json").read_text())
            command = ["curl", "-sS", "--fail-with-body", "-H", "Content-Type: application/json", "--data-binary", "@-", url]
            body = json.dumps(example["message"])
            done = subprocess.run(command, input=body, capture_output=True, text=True, timeout=PATIENCE, check=False)
            assert done.returncode == 0, done
            answer = json.loads(done.stdout)
            assert answer["success"] is True and answer["completion"] == LINE and answer["model"], answer


def refusing_model(program):
    """Its error comes through, once; a model that is back is in use again."""
    with model(program, "--status", "401") as url:
        with Daemon(program, FIM_UPSTREAM_URL=url, CODESTRAL_API_KEY=KEY) as daemon:
            daemon.initialize()
            for name in "abc":
                daemon.open("int total = ", f"file:///{name}.c")
                assert daemon.complete(0, 12, f"file:///{name}.c") == []
            shown = [m["params"]["message"] for m in daemon.notifications if m["method"] == "window/showMessage"]
            assert len(shown) == 1 and "Codestral error" in shown[0], shown


CASES = [
    ("path: what the model said, byte for byte, as JSON", byte_for_byte(False)),
    ("path: what the model said, byte for byte, streamed", byte_for_byte(True)),
    ("path: a session out of printf", one_script),
    ("path: the contract's examples with curl", examples_with_curl),
    ("path: a model that refuses", refusing_model),
]
