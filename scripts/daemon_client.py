"""fimd on pipes, spoken to as an editor does: for the demo, the benches and the tests of the built program."""

import json
import os
import queue
import subprocess
import threading

PATIENCE = 60  # seconds; sanitizers and a busy machine are slow


class Ended(Exception):
    """fimd has closed its output."""


class Daemon:
    def __init__(self, program, environment, folders=(), options=None, capabilities=None, **popen):
        """`environment` is added to ours; with a key "only" it is all there is. `folders` are the workspace's."""
        whole = environment.pop("only", False)
        environment = environment if whole else {**os.environ, **environment}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([program], env=environment, **pipes, **popen)
        self.last_id = 0
        self.version = 1
        self.told = []  # what came without being asked for
        self.messages = queue.Queue()
        threading.Thread(target=self.read_all, daemon=True).start()
        workspace = [{"uri": folder.resolve().as_uri(), "name": folder.name} for folder in folders]
        capabilities = {"general": {"positionEncodings": ["utf-8"]}, **(capabilities or {})}
        params = {"processId": os.getpid(), "capabilities": capabilities, "workspaceFolders": workspace}
        self.initialized = self.call("initialize", {**params, "initializationOptions": options or {}})
        self.notify("initialized", {})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def read_all(self):
        while line := self.process.stdout.readline():
            if line.lower().startswith(b"content-length:"):
                self.process.stdout.readline()
                self.messages.put(json.loads(self.process.stdout.read(int(line.split(b":")[1]))))
        self.messages.put(None)

    def next_message(self, patience=PATIENCE):
        """The next message; what asks for something is answered with null."""
        message = self.messages.get(timeout=patience)
        if message is None:
            raise Ended
        if "method" in message:
            self.told.append(message)
            if "id" in message:
                self.send({"id": message["id"], "result": None})
        return message

    def call(self, method, params):
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        while (message := self.next_message()).get("id") != self.last_id or "method" in message:
            pass
        return message["result"]

    def open(self, uri, language, text):
        document = {"uri": uri, "languageId": language, "version": self.version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri, text):
        self.version += 1
        document = {"uri": uri, "version": self.version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def items(self, uri, before, trigger=1):
        """What is suggested behind the text `before`. Trigger 1: somebody asked for it; 2: it comes by itself."""
        line, character = before.count("\n"), len(before.rsplit("\n", 1)[-1].encode())
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return self.call("textDocument/inlineCompletion", {**params, "context": {"triggerKind": trigger}})["items"]

    def complete(self, uri, before):
        return next((item["insertText"] for item in self.items(uri, before)), "")

    def stats(self):
        return self.call("workspace/executeCommand", {"command": "fimd.stats"})

    def end(self):
        self.call("shutdown", None)
        self.notify("exit", None)
        self.process.wait(PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait()
