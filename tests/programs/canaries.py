"""Marked words in documents, keys and names of files: none turns up where it should not, whatever the log's level."""

import json
import pathlib
import queue
import tempfile

from daemon import PATIENCE, Daemon
from endpoints import Endpoint, response

TEXT = "canary_in_text"
TOKEN = "canary-in-token-0123456789"
SECRET_FILES = [".env", ".env.production", "server.key", "server.key.bak", "cert.pem", "id_ed25519", "credentials.json",
                ".netrc", ".aws/config", "terraform.tfvars", "SECRETS.YML", "%2eenv"]


class Recorder(Endpoint):
    """Answers by turns well and ill, quoting what it was sent; keeps what it got."""

    def __init__(self):
        self.requests = queue.Queue()
        self.turn = 0
        super().__init__(self.next)

    def next(self):
        self.turn += 1
        body = json.dumps({"success": False, "error": f"cannot complete {TEXT} with {TOKEN}"}).encode()
        good = json.dumps({"success": True, "completion": f"{TEXT}_answer();", "model": "m"}).encode()
        answers = [response(good), response(body, status="400 Bad Request"), response(body, status="500 E"), response(body),
                   response(good, length=len(good) + 9), response(TEXT.encode(), kind="text/html"), b""]
        return [answers[self.turn % len(answers)]]


def level(name):
    def run(program):
        endpoint = Recorder()
        with tempfile.TemporaryDirectory() as folder:
            log_file = pathlib.Path(folder, "log")
            arguments = ("--log-level", name, "--log-file", str(log_file))
            with Daemon(program, *arguments, FIMD_TOKEN=TOKEN, FIMD_ENDPOINT=endpoint.url) as daemon:
                daemon.send(method="$/setTrace", params={"value": "verbose"})
                daemon.initialize()
                for turn in range(9):
                    daemon.configure(token=TOKEN + str(turn))  # a new endpoint: no pause after a refusal
                    uri = f"file:///{turn}.c"
                    daemon.open(f"int {TEXT} = {turn};\nint total = ", uri)
                    daemon.complete(1, 12, uri)
                    daemon.insert(TEXT, 99, 99, f"file:///unopened/{turn}.c")
                daemon.configure(token=5, endpoint=[TOKEN], exclude=TOKEN)
                daemon.body(f'{{"jsonrpc": "2.0", "id": 1, "method": "{TEXT}", "params": "{TEXT}"'.encode())
                daemon.body(f'{{"jsonrpc": "2.0", "id": "{TEXT}", "method": "textDocument/didOpen"}}'.encode())
                daemon.call("fim/complete", {"prefix": 5, "suffix": TEXT})
                daemon.call("workspace/executeCommand", {"command": TEXT})
                stats = daemon.call("workspace/executeCommand", {"command": "fimd.stats"})
                why = daemon.call("workspace/executeCommand", {"command": "fimd.why"})
                daemon.process.stdin.close()
                daemon.process.wait(PATIENCE)
                daemon.log_reader.join(PATIENCE)
                heard = json.dumps([daemon.notifications, stats, why])
                for place, text in (("log", "".join(daemon.log)), ("file", log_file.read_text()), ("editor", heard)):
                    for canary in (TEXT, TOKEN):
                        assert canary not in text, f"{canary} in the {place}: {text}"
                assert len(daemon.log) > 1 or name == "error", "nothing was logged: this proves nothing"
        endpoint.close()

    return run


def secret_files(program):
    bodies = queue.Queue()

    class Eager(Endpoint):
        def serve(self, connection):
            bodies.put(1)
            super().serve(connection)

    good = json.dumps({"success": True, "completion": "x;", "model": "m"}).encode()
    endpoint = Eager(lambda: [response(good)])
    with Daemon(program) as daemon:
        daemon.initialize(endpoint=endpoint.url)
        for name in SECRET_FILES:
            uri = f"file:///home/me/{name}"
            daemon.open("FIRST=1\nSECOND=", uri)
            for _ in range(2):
                assert daemon.complete(1, 7, uri) == [], name
            path = daemon.call("fim/complete", {"prefix": "FIRST=1\nSECOND=", "path": f"/home/me/{name}"})
            assert path["result"] == {"items": []}, (name, path)
        assert bodies.empty(), "a file with the name of a secret was sent"
        daemon.open("int total = ", "file:///home/me/a.c")
        assert daemon.complete(0, 12, "file:///home/me/a.c") == ["x;"]
        assert not bodies.empty()
        daemon.process.stdin.close()
        daemon.log_reader.join(PATIENCE)
        for name in SECRET_FILES:
            told = [line for line in daemon.log if "keeps it on this machine" in line and f"/{name}:" in line]
            assert len(told) == 2, (name, told)  # once for each name that it goes by here
    endpoint.close()


CASES = [(f"canaries: log level {name}", level(name)) for name in ("error", "warning", "info", "debug")]
CASES += [("canaries: files with the names of secrets", secret_files)]
