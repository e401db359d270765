"""A newcomer opens a file of a repository, with no endpoint and no key, and types on: when comes the first completion?

usage: open.py FIMD REPOSITORY...

For each repository ten of its files are opened, each by a fresh daemon, first without and then with a stored index. A file
is cut in the middle and its own text is typed on, a character each 20 ms, a completion asked for at each. Medians and worst
of the milliseconds from the daemon's start to its first completion, and to the first one whose first token is what comes.
"""

import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(PROJECT / "scripts"))
from daemon_client import Daemon  # noqa: E402

SEED = 4711
FILES = 10
PATIENCE = 5  # seconds
SOURCE = {".c", ".cc", ".cpp", ".h", ".hpp", ".py", ".js", ".ts", ".vue", ".rs", ".go", ".java"}


def sources(repository):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=True).stdout
    paths = [repository / os.fsdecode(name) for name in listed.split(b"\0") if name]
    fit = [path for path in paths if path.suffix in SOURCE and path.is_file() and 4_000 < path.stat().st_size < 100_000]
    return len(paths), random.Random(SEED).sample(fit, min(FILES, len(fit)))


def right(item, rest):
    token = re.match(r"\s*(\w+|\S)", item["insertText"])
    return token is not None and rest.startswith(token.group(0))


def first_completions(program, home, repository, path):
    """Milliseconds from the start to the first completion, and to the first that is right; None when there is none."""
    text = path.read_text(errors="replace").replace("\r", "")
    cut = text.index("\n", len(text) // 2) + 1
    before, rest = text[:cut], text[cut:]
    began = time.perf_counter()
    environment = {"only": True, "HOME": str(home), "PATH": os.environ["PATH"], "FIMD_LOG_LEVEL": "error"}
    daemon = Daemon(program, environment, [repository], {})
    since = lambda: (time.perf_counter() - began) * 1000  # noqa: E731
    uri = path.as_uri()
    daemon.open(uri, path.suffix[1:], before)
    shown = None
    try:
        for typed in range(1, len(rest)):
            now = before + rest[:typed]
            daemon.change(uri, now)
            items = daemon.items(uri, now, trigger=2)
            shown = shown or (since() if items else None)
            if items and right(items[0], rest[typed:]):
                return shown, since()
            if since() > PATIENCE * 1000:
                break
            time.sleep(0.02)
        return shown, None
    finally:
        daemon.kill()


def column(values):
    there = [value for value in values if value is not None]
    if not there:
        return "none"
    never = f", {len(values) - len(there)} never" if len(there) < len(values) else ""
    return f"{statistics.median(there):.0f} ({max(there):.0f}{never})"


def index_stored(program, home, repository):
    daemon = Daemon(program, {"only": True, "HOME": str(home), "PATH": os.environ["PATH"]}, [repository], {})
    began = time.monotonic()
    while not list((home / ".cache/fimd").glob("*.index")) and time.monotonic() - began < 60:
        time.sleep(0.02)
    daemon.kill()


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    print("| repository | files | nothing stored: first | first right | index stored: first | first right |\n|---|---|---|---|---|---|")
    for name in sys.argv[2:]:
        repository = pathlib.Path(name).resolve()
        count, paths = sources(repository)
        with tempfile.TemporaryDirectory() as folder:
            home = pathlib.Path(folder)
            cold = []
            for path in paths:
                cold.append(first_completions(program, home, repository, path))
                shutil.rmtree(home / ".cache", ignore_errors=True)
            index_stored(program, home, repository)
            warm = [first_completions(program, home, repository, path) for path in paths]
        columns = [column([pair[at] for pair in pairs]) for pairs in (cold, warm) for at in (0, 1)]
        print(f"| {repository.name} | {count} | {' | '.join(columns)} |", flush=True)


main()
