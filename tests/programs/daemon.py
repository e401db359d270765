"""The built daemon on pipes, as an editor sees it."""

import json
import os
import pathlib
import queue
import subprocess
import tempfile
import threading
import time

PATIENCE = 20  # seconds; sanitizers and a busy machine are slow
URI = "file:///a.cpp"
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "protocol" / "examples"


def environment(**variables):
    """Nothing of what the user has configured."""
    return {"HOME": "/nonexistent", "PATH": os.environ["PATH"], **variables}


class Daemon:
    def __init__(self, program, *arguments, reads=True, **variables):
        self.home = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [program, *arguments],
            env=environment(**{"HOME": self.home.name, **variables}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.replies = queue.Queue()
        self.notifications = []
        self.log = []
        self.last_id = 0
        self.version = 0
        self.log_reader = threading.Thread(target=self.read_log, daemon=True)
        self.log_reader.start()
        if reads:
            threading.Thread(target=self.read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.home.cleanup()

    def read_log(self):
        for line in self.process.stderr:
            self.log.append(line.decode(errors="replace"))

    def read(self):
        for line in iter(self.process.stdout.readline, b""):
            length = int(line.split(b":")[1])
            self.process.stdout.readline()
            message = json.loads(self.process.stdout.read(length))
            if "method" in message:
                self.notifications.append(message)
            else:
                self.replies.put(message)
        self.replies.put(None)

    def raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def body(self, body):
        self.raw(b"Content-Length: %d\r\n\r\n" % len(body))
        self.raw(body)

    def send(self, **message):
        self.body(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def request(self, method, params):
        self.last_id += 1
        self.send(id=self.last_id, method=method, params=params)
        return self.last_id

    def next_reply(self, patience=PATIENCE):
        reply = self.replies.get(timeout=patience)
        assert reply is not None, f"the daemon ended with {self.process.wait()}: {''.join(self.log[-30:])}"
        return reply

    def call(self, method, params):
        wanted = self.request(method, params)
        while (reply := self.next_reply())["id"] != wanted:
            pass
        return reply

    def initialize(self, **options):
        params = {"processId": None, "capabilities": {}, "initializationOptions": {"predictor": "off", **options}}
        reply = self.call("initialize", params)
        assert "result" in reply, reply
        self.send(method="initialized", params={})

    def configure(self, **settings):
        self.send(method="workspace/didChangeConfiguration", params={"settings": settings})

    def open(self, text, uri=URI):
        document = {"uri": uri, "languageId": "cpp", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": document})

    def insert(self, text, line=0, character=0, uri=URI):
        at = {"line": line, "character": character}
        self.version += 1
        changes = [{"range": {"start": at, "end": at}, "text": text}]
        params = {"textDocument": {"uri": uri, "version": self.version}, "contentChanges": changes}
        self.send(method="textDocument/didChange", params=params)

    def ask(self, line, character, uri=URI):
        position = {"line": line, "character": character}
        params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 1}}
        return self.request("textDocument/inlineCompletion", params)

    def complete(self, line, character, uri=URI):
        wanted = self.ask(line, character, uri)
        while (reply := self.next_reply())["id"] != wanted:
            pass
        return [item["insertText"] for item in reply["result"]["items"]]

    def said(self, text):
        return sum(text in json.dumps(message) for message in self.notifications)

    def memory_mb(self, field="VmHWM"):
        """Of the process: VmRSS now, VmHWM at most so far."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(field)) / 1024

    def ends_within(self, seconds):
        began = time.monotonic()
        code = self.process.wait(PATIENCE)
        took = time.monotonic() - began
        assert took < seconds, f"the end took {took:.1f} s"
        return code
