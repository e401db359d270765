"""The scenes of scripts/demo: code is taken out of files of this repository and typed again. What fimd suggests is green.

usage: demo_scenes.py FIMD [--svg FILE]
"""

import argparse
import os
import pathlib
import re
import sys
import tempfile
import time
from html import escape

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from daemon_client import Daemon  # noqa: E402  (the path comes first)

PROJECT = pathlib.Path(__file__).resolve().parent.parent
DIM, GREEN, BOLD, PLAIN = "\033[2m", "\033[32m", "\033[1m", "\033[0m"

# Language, what is completed, file, the line that stays, and how many lines after it are taken out.
SCENES = [
    ("python", "a function body", "examples/orders.py", "def total_volume(orders):", 4),
    ("javascript", "an object literal", "examples/inventory.js", "function toPoster(row) {", 6),
    ("typescript", "a class constructor", "examples/shapes.ts", "class Triangle implements Shape {", 7),
    ("cpp", "a function body", "examples/counters.cpp", "std::map<std::string, std::size_t> count_lines(std::istream& input) {", 4),
]

# Files of this repository, and what somebody has typed of one of their lines.
OPENINGS = [
    ("cpp", "daemon/fetches.cpp", "  const Running running = running_;\n  for (const auto& "),
    ("python", "tests/openapi/check.py", "PROTOCOL = pathlib"),
    ("typescript", "editors/vscode/src/toggles.ts", "import * as "),
]
MODEL_SETTINGS = ("FIMD_", "FIM_", "CODESTRAL_")


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
            began = time.perf_counter()
            suggestion = daemon.complete(uri, before + typed)
            milliseconds = (time.perf_counter() - began) * 1000
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


def starts_backend(pid):
    """Whether the daemon has a bundled backend; its other children list files, and end at any time."""
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            if pathlib.Path(f"/proc/{child}/comm").read_text().strip() == "fim-lambda":
                return True
        except (FileNotFoundError, ProcessLookupError):
            pass
    return False


def newcomer(program, out):
    """An editor opens a file of a real repository, with nothing configured: the time from there to a suggestion."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(MODEL_SETTINGS)}
    for language, name, anchor in OPENINGS:
        with tempfile.TemporaryDirectory() as cache:  # nothing is known from before
            daemon = Daemon(program, {**bare, "XDG_CACHE_HOME": cache, "only": True}, [PROJECT])
            text = (PROJECT / name).read_text()
            at = text.index(anchor) + len(anchor)
            before, after = text[:at], text[text.index("\n", at) :]
            uri = (PROJECT / name).as_uri()
            began = time.perf_counter()
            daemon.open(uri, language, before + after)
            suggestion, milliseconds = "", 0
            while not suggestion and milliseconds < 5_000:
                suggestion = daemon.complete(uri, before)
                milliseconds = (time.perf_counter() - began) * 1000
            backend = starts_backend(daemon.process.pid)
            daemon.end()
        if not suggestion or backend:
            sys.exit(f"demo: {'a backend was started' if backend else 'no completion'} in {name}")
        line, first = before.rsplit("\n", 1)[-1], suggestion.split("\n")[0]
        out(f"  {DIM}{name}, {milliseconds:.0f} ms after it was opened{PLAIN}")
        out(f"  {line}{GREEN}{first}{PLAIN}")
    out("")


def show(program, environment, options, out):
    """Plays all scenes; returns the languages that got a suggestion."""
    daemon = Daemon(program, environment, options=options)
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
    out("With nothing configured, in this repository: no key, no network, no second program:")
    out("")
    newcomer(arguments.fimd, out)
    out("Through the endpoint or model that is configured:" if configured else "Through the bundled backend, over HTTP, without any key:")
    out("")
    # What is shown is what came over the wire: the daemon's own predictor is silent.
    completed = show(arguments.fimd, {} if configured else {"FIM_PROVIDER": "local"}, {"predictor": "off"}, out)
    if arguments.svg:
        pathlib.Path(arguments.svg).write_text(svg(lines))
    missing = {scene[0] for scene in SCENES} - completed
    if missing:
        sys.exit(f"demo: no completion in {', '.join(sorted(missing))}")


def strip(line):
    for code in (DIM, GREEN, BOLD, PLAIN):
        line = line.replace(code, "")
    return line


if __name__ == "__main__":
    main()
