"""The scenes of scripts/demo: code is taken out of files of this repository and typed again. What fimd suggests is green.

usage: demo_scenes.py FIMD [--svg FILE]
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time
from html import escape

PROJECT = pathlib.Path(__file__).resolve().parent.parent
DIM, GREEN, BOLD, PLAIN = "\033[2m", "\033[32m", "\033[1m", "\033[0m"
PATIENCE = 60

# Language, what is completed, file, the line that stays, and how many lines after it are taken out.
SCENES = [
    ("python", "a function body", "examples/orders.py", "def total_volume(orders):", 4),
    ("javascript", "an object literal", "examples/inventory.js", "function toPoster(row) {", 6),
    ("typescript", "a class constructor", "examples/shapes.ts", "class Triangle implements Shape {", 7),
    ("cpp", "a function body", "examples/counters.cpp", "std::map<std::string, std::size_t> count_lines(std::istream& input) {", 4),
]


class Daemon:
    """fimd on pipes, spoken to as an editor does."""

    def __init__(self, program, environment):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **environment}
        )
        self.last_id = 0
        capabilities = {"general": {"positionEncodings": ["utf-8"]}}
        self.call("initialize", {"processId": os.getpid(), "capabilities": capabilities})
        self.send({"method": "initialized", "params": {}})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self):
        length = 0
        while (line := self.process.stdout.readline().strip()) or not length:
            if not line and self.process.poll() is not None:
                sys.exit("demo: fimd has ended")
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))

    def call(self, method, params):
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        while (message := self.read()).get("id") != self.last_id or "method" in message:
            pass
        return message["result"]

    def open(self, uri, language, text):
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def change(self, uri, text):
        document = {"uri": uri, "version": 2}
        self.send({"method": "textDocument/didChange", "params": {"textDocument": document, "contentChanges": [{"text": text}]}})

    def complete(self, uri, before):
        line, character = before.count("\n"), len(before.rsplit("\n", 1)[-1].encode())
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        began = time.perf_counter()
        items = self.call("textDocument/inlineCompletion", {**params, "context": {"triggerKind": 1}})["items"]
        return (items[0]["insertText"] if items else ""), (time.perf_counter() - began) * 1000

    def end(self):
        self.call("shutdown", None)
        self.send({"method": "exit"})
        self.process.wait(PATIENCE)


def play(daemon, scene):
    """Types the lines that were taken out, word by word, and takes a suggestion when it is right (a model's whole answer when
    it goes its own way). Yields (typed, suggested, typed after it, milliseconds) for each line."""
    language, _, name, anchor, taken = scene
    text = (PROJECT / name).read_text()
    start = text.index("\n", text.index(anchor)) + 1
    wanted = text[start:].split("\n")[:taken]
    before, after = text[:start], text[start + len("\n".join(wanted)) :]
    uri = (PROJECT / name).as_uri()
    daemon.open(uri, language, before + after)
    for line in wanted:
        typed = line[: len(line) - len(line.lstrip())]
        while True:
            daemon.change(uri, before + typed + after)
            suggestion, milliseconds = daemon.complete(uri, before + typed)
            if suggestion and not line.startswith(typed + suggestion) and "\n" in suggestion:
                yield typed, suggestion, "", milliseconds
                return
            right = bool(suggestion) and line.startswith(typed + suggestion)
            if right or typed == line:
                break
            typed += re.match(r"\w+|\W", line[len(typed) :]).group()
        suggestion = suggestion if right else ""
        yield typed, suggestion, line[len(typed + suggestion) :], milliseconds
        before += line + "\n"


def show(program, environment, out):
    """Plays all scenes; returns the languages that got a suggestion."""
    daemon = Daemon(program, environment)
    completed = set()
    for scene in SCENES:
        typed_bytes = suggested_bytes = 0
        out(f"{BOLD}{scene[0]}: {scene[1]}{PLAIN}  {DIM}{scene[2]}{PLAIN}")
        out(f"  {DIM}{scene[3]}{PLAIN}")
        for typed, suggestion, rest, milliseconds in play(daemon, scene):
            timing = f"  {DIM}{milliseconds:.1f} ms{PLAIN}" if suggestion else ""
            first, *more = suggestion.split("\n")
            out(f"  {typed}{GREEN}{first}{PLAIN}{rest}{timing}")
            for line in more:
                out(f"  {GREEN}{line}{PLAIN}")
            typed_bytes += len((typed + rest).strip())
            suggested_bytes += len(suggestion)
        if suggested_bytes:
            completed.add(scene[0])
        out(f"  {DIM}typed {typed_bytes} characters, fimd wrote {suggested_bytes}{PLAIN}")
        out("")
    daemon.end()
    return completed


def svg(lines):
    """The same as a picture that reads on light and dark pages."""
    colours = {DIM: "#8b949e", GREEN: "#3fb950", BOLD: "#e6edf3", PLAIN: "#e6edf3"}
    rows = []
    for number, line in enumerate(lines):
        spans, colour = [], colours[PLAIN]
        for piece in line.replace("\033", "\0\033").split("\0"):
            for code, value in colours.items():
                if piece.startswith(code):
                    piece, colour = piece[len(code) :], value
            if piece:
                spans.append(f'<tspan fill="{colour}">{escape(piece)}</tspan>')
        rows.append(f'<text x="20" y="{34 + number * 20}" xml:space="preserve">{"".join(spans)}</text>')
    height = 44 + len(lines) * 20
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{height}" font-family="monospace" font-size="14">'
    return "\n".join([head, f'<rect width="760" height="{height}" rx="10" fill="#0d1117"/>', *rows, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fimd")
    parser.add_argument("--svg")
    arguments = parser.parse_args()
    lines = []

    def out(line):
        lines.append(line)
        print(line if sys.stdout.isatty() or os.environ.get("CLICOLOR_FORCE") else strip(line))

    configured = any(os.environ.get(name) for name in ("FIMD_ENDPOINT", "CODESTRAL_API_KEY", "FIM_UPSTREAM_URL"))
    out("Through the endpoint or model that is configured:" if configured else "Through the bundled backend, without any key:")
    out("")
    completed = show(arguments.fimd, {} if configured else {"FIM_PROVIDER": "local"}, out)
    if arguments.svg:
        pathlib.Path(arguments.svg).write_text(svg(lines))
    missing = {scene[0] for scene in SCENES} - completed
    if missing:
        sys.exit(f"demo: no completion in {', '.join(sorted(missing))}")
    if not configured:
        out("The same with nothing configured at all: no backend, no network, the daemon's own predictor:")
        out("")
        show(arguments.fimd, {}, out)


def strip(line):
    for code in (DIM, GREEN, BOLD, PLAIN):
        line = line.replace(code, "")
    return line


if __name__ == "__main__":
    main()
