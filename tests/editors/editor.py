"""An editor that was started on one file, with the plugin of this tree and the real daemon."""

import json
import pathlib
import re
import shutil
import tempfile
import time

from endpoint import Endpoint
from screen import PATIENCE, Screen

ROOT = pathlib.Path(__file__).resolve().parents[2]
EDITORS = ROOT / "build" / "editors"

# One key for each thing a user may want; the test's configuration of each editor binds them.
KEYS = {
    "accept": "F2",
    "word": "F3",
    "line": "F4",
    "dismiss": "F5",
    "next": "F6",
    "previous": "F7",
    "trigger": "F8",
    "left": "Left",
}
STATUS = {"ready": "<fimd>", "off": "<fimd off>", "error": "<fimd !>"}


PICTURE_LINES = 14


def bodies(data):
    """The whole messages in a stream of LSP's."""
    while b"\r\n\r\n" in data:
        header, rest = data.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"Content-Length: *(\d+)", header, re.I).group(1))
        if len(rest) < length:
            return
        yield rest[:length]
        data = rest[length:]


class Editor:
    """Each editor says how it is started and what its keys are; the scenarios know none of them.

    Its status line shows the plugin's between angle brackets, and the size of the text as {N}: what is ghost text
    and what is real cannot be told apart on the screen.
    """

    label = ""  # in the tests' names
    lines_below = 2  # of the screen, under the status line
    keys = KEYS
    only = ()  # scenarios, if not all
    lacks = ()  # scenarios that this editor's way of drawing cannot do
    more = ()  # and those of its own

    def __init__(self, program, name="file.py", content="", wire=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fimd-editor-"))
        self.file = self.folder / name
        self.program = self.tapped(program) if wire else program
        self.content = content
        if content:
            self.file.write_text(content, newline="")
        self.endpoint = Endpoint()
        environment = {
            "HOME": self.folder,
            "XDG_CONFIG_HOME": self.folder / "config",
            "TERM": "screen-256color",
            "LANG": "C.UTF-8",
            "FIMD_ENDPOINT": self.endpoint.url,
            "FIMD_TEST_PROGRAM": self.program or "",
            "PATH": "/usr/bin:/bin",
        }
        self.prepare()
        self.screen = Screen(self.folder.name, self.command(), self.folder, environment | self.environment())
        try:
            self.wait_ready()
        except BaseException:
            self.close()
            raise

    def prepare(self):
        """What must be there before the editor starts."""

    def wait_ready(self):
        self.wait("{")
        self.begin()
        self.wait(STATUS["ready"] if self.program else "{")

    def tapped(self, program):
        """A program that is `program`, and notes what it is told."""
        self.wire = self.folder / "wire"
        tap = self.folder / "tap"
        tap.write_text(f"#!/bin/sh\ntee '{self.wire}' | '{program}'\n")
        tap.chmod(0o755)
        return str(tap)

    def reports(self):
        """What the plugin has said so far became of suggestions, in its order."""
        said = []
        for body in bodies(self.wire.read_bytes() if self.wire.exists() else b""):
            message = json.loads(body)
            method, params = message.get("method"), message.get("params")
            if method == "textDocument/didShowCompletion":
                said.append("shown")
            elif method == "textDocument/didPartiallyAcceptCompletion":
                said.append(f"{params['acceptedLength']} accepted")
            elif method == "workspace/executeCommand" and params["command"] not in ("fimd.stats", "fimd.why"):
                said.append("dismissed" if params["command"] == "fimd.dismiss" else "accepted")
        return said

    def wait_reports(self, *said):
        self.wait_for(lambda: self.reports()[: len(said)] == list(said), f"{said} to be reported")

    def begin(self):
        """Does what makes the plugin start the daemon, if that takes anything."""

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def size(self, content):
        """What the status line shows of `content`, the text of the file."""
        return len(content.replace("\r\n", "\n").removesuffix("\n").encode())

    def close(self):
        self.screen.close()
        self.endpoint.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait(self, wanted, what=None):
        return self.screen.wait(wanted, what)

    def wait_for(self, fulfilled, what):
        end = time.monotonic() + PATIENCE
        while not fulfilled():
            assert time.monotonic() < end, f"waited in vain for {what}; the screen was:\n{self.screen.text()}"
            time.sleep(0.02)

    def wait_status(self, kind):
        self.wait(STATUS[kind])

    def press(self, action):
        self.screen.press(self.keys.get(action, action))

    def press_until(self, action, kind):
        """Presses a key again and again until the status is `kind`."""
        end = time.monotonic() + PATIENCE
        while STATUS[kind] not in self.screen.text():
            assert time.monotonic() < end, f"the status never was {kind}; the screen was:\n{self.screen.text()}"
            self.press(action)
            time.sleep(0.1)

    def take_picture(self):
        self.screen.resize(PICTURE_LINES)
        self.wait(lambda text: "}" in text.splitlines()[PICTURE_LINES - self.lines_below - 1], "the smaller window")
        self.picture = self.screen.picture()

    def wait_text(self, content):
        """Waits until the text is as long as `content`."""
        self.wait("{%d}" % self.size(content), f"a text of {self.size(content)}: {content!r}")

    def expect(self, content):
        """Waits until the text is `content`, saves it and looks into the file."""
        self.wait_text(content)
        self.save()
        self.wait_for(lambda: self.file.exists() and self.file.read_bytes() == content.encode(), repr(content))

    def stats(self):
        """The daemon's counters, as the plugin shows them."""
        self.ask("stats")
        self.enlarge_stats()
        text = self.wait(lambda text: re.search(r"^\W*usage|tokens", text, re.I | re.M) and "shown" in text, "stats")
        self.close_message()
        return {name: int(value) for name, value in re.findall(r"^\W*(\w+)\s+(\d+)\W*$", text, re.M)}

    def enlarge_stats(self):
        pass

    def daemon(self):
        """The process id of the daemon that this editor runs, if any."""
        parents = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                process, name, rest = re.match(r"(\d+) \((.*)\) (.*)", entry.read_text()).groups()
            except OSError:
                continue
            parents[int(process)] = (int(rest.split()[1]), name, rest[0])
        editor = int(self.screen.tmux("display-message", "-p", "#{pane_pid}"))
        for process, (parent, name, state) in parents.items():
            ancestor = parent
            while ancestor in parents and ancestor != editor:
                ancestor = parents[ancestor][0]
            if name == "fimd" and ancestor == editor and state != "Z":
                return process
        return None


class ViEditor(Editor):
    """What Vim and Neovim have in common."""

    def write(self, text):
        self.screen.type("Go" if self.content else "i")
        self.screen.type(text)

    def again(self):
        self.screen.press("Escape")
        self.screen.type("A")

    def ask(self, command):
        self.screen.press("Escape")
        self.screen.type(f":Fimd {command}\n")

    def press(self, action):
        if action == "undo":
            self.screen.press("Escape")
            self.screen.type("u")
        else:
            super().press(action)

    def save(self):
        self.screen.press("Escape")
        self.screen.type(":silent w\n")

    def calm(self):
        """Leaves the prompt that follows long messages."""
        if "Press ENTER" in self.screen.text():
            self.screen.press("Enter")

    close_message = calm
