"""What the index of a workspace costs: to build, to load, to hold, and what it costs the keys meanwhile.

usage: bench.py FIMD [MEGABYTES] [FOLDER...]

The workspace is made of copies of source files found in the folders (by default the system's headers and Python modules),
MEGABYTES of them (20).
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(PROJECT / "scripts"))
from daemon_client import Daemon  # noqa: E402

STARTS = 15
ENDINGS = {".c", ".h", ".hpp", ".cpp", ".py", ".js", ".ts", ".rs", ".go"}
LOADED = "the workspace's index"


def copy_sources(folders, target, wanted):
    """Copies source files until there are `wanted` bytes; returns how many bytes and files there are."""
    size = count = 0
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix not in ENDINGS or path.is_symlink() or not 0 < path.stat().st_size < 400_000:
                continue
            if size >= wanted:
                return size, count
            (target / f"d{count // 100}").mkdir(exist_ok=True)
            shutil.copyfile(path, target / f"d{count // 100}" / f"{count}{path.suffix}")
            size, count = size + path.stat().st_size, count + 1
    return size, count


class Started:
    """A daemon in the workspace; when what stood in its log."""

    def __init__(self, program, home, folders):
        self.began = time.perf_counter()
        environment = {"only": True, "HOME": str(home), "PATH": os.environ["PATH"], "FIMD_LOG_LEVEL": "info"}
        progress = {"window": {"workDoneProgress": True}}
        self.daemon = Daemon(program, environment, folders, {}, progress, stderr=subprocess.PIPE)
        self.initialize = time.perf_counter() - self.began
        self.loaded = threading.Event()
        self.loaded_after = 0.0
        self.nearest_after = 0.0
        self.line = ""
        threading.Thread(target=self.read_log, daemon=True).start()

    def read_log(self):
        for line in self.daemon.process.stderr:
            if b"more follow" in line:
                self.nearest_after = time.perf_counter() - self.began
            elif LOADED.encode() in line:
                self.loaded_after = time.perf_counter() - self.began
                self.line = line.decode().strip().split("fimd info: ")[-1]
                self.loaded.set()

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.daemon.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        rollup = pathlib.Path(f"/proc/{self.daemon.process.pid}/smaps_rollup").read_text()
        peak = pathlib.Path(f"/proc/{self.daemon.process.pid}/status").read_text()
        pss = next(int(line.split()[1]) for line in rollup.split("\n") if line.startswith("Pss:"))
        hwm = next(int(line.split()[1]) for line in peak.split("\n") if line.startswith("VmHWM:"))
        return pss / 1024, hwm / 1024


def keys(daemon, text, until, most):
    """Types text, asking for a completion at each key; milliseconds of each."""
    taken = []
    uri = "file:///bench/new.py"
    daemon.open(uri, "python", "")
    for at in range(1, most):
        if until():
            break
        began = time.perf_counter()
        daemon.change(uri, text[:at])
        daemon.items(uri, text[:at], trigger=2)
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(0.005)
    return sorted(taken)


def quantiles(taken):
    at = lambda q: taken[min(len(taken) - 1, int(q * len(taken)))]  # noqa: E731
    return f"p50 {at(0.5):.2f} ms, p99 {at(0.99):.2f} ms, max {taken[-1]:.2f} ms of {len(taken)} keys"


def row(what, value):
    print(f"{what:<62} {value}", flush=True)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    megabytes = float(sys.argv[2]) if len(sys.argv) > 2 else 20
    folders = [pathlib.Path(name) for name in sys.argv[3:]] or [pathlib.Path("/usr/include"), pathlib.Path("/usr/lib/python3")]
    typed = pathlib.Path(__file__).read_text()
    with tempfile.TemporaryDirectory() as name:
        home, work = pathlib.Path(name) / "home", pathlib.Path(name) / "work"
        home.mkdir()
        work.mkdir()
        size, count = copy_sources(folders, work, megabytes * 1e6)
        row("workspace", f"{size / 1e6:.1f} MB in {count} files")

        alone = []
        for _ in range(STARTS):
            started = Started(program, home, [])
            alone.append(started.initialize * 1000)
            bare, _ = started.memory()
            started.daemon.end()
        row("spawn to `initialize` answered, no workspace, median", f"{statistics.median(alone):.1f} ms")

        nowhere = Started(program, home, [])
        row("keys without a workspace", quantiles(keys(nowhere.daemon, typed, lambda: False, 300)))
        nowhere.daemon.end()

        first = Started(program, home, [work])
        during = keys(first.daemon, typed, first.loaded.is_set, 2_000)
        first.loaded.wait(120)
        row("first start: spawn to the nearest 4 MB in use, while somebody types", f"{first.nearest_after:.2f} s")
        row("first start: spawn to index in use, while somebody types", f"{first.loaded_after:.2f} s")
        row("keys during the build", quantiles(during))
        row("keys after it", quantiles(keys(first.daemon, typed, lambda: False, 300)))
        row("memory (PSS) then, and the most it ever was (RSS)", "{:.1f} MB, {:.1f} MB".format(*first.memory()))
        stored = list((home / ".cache/fimd").glob("*.index"))
        first.daemon.end()
        shutil.rmtree(home / ".cache")

        quiet = Started(program, home, [work])
        quiet.loaded.wait(120)
        built = quiet.loaded_after - quiet.initialize
        row("first start, nobody types: `initialize` to index in use", f"{built:.2f} s, {size / 1e6 / built:.1f} MB/s")
        while not (stored := list((home / ".cache/fimd").glob("*.index"))):
            time.sleep(0.01)
        busy = quiet.processor_seconds()
        row("processor time of that, both stages and writing included", f"{busy:.2f} s, {size / 1e6 / busy:.1f} MB/s")
        quiet.daemon.end()
        row("on disk", f"{stored[0].stat().st_size / 1e6:.1f} MB, {stored[0].stat().st_size / size:.2f} bytes per byte")

        initialized, loaded = [], []
        for _ in range(STARTS):
            again = Started(program, home, [work])
            again.loaded.wait(120)
            initialized.append(again.initialize * 1000)
            loaded.append((again.loaded_after - again.initialize) * 1000)
            pss, peak = again.memory()
            line = again.line
            again.daemon.end()
        row("later starts: spawn to `initialize` answered, median", f"{statistics.median(initialized):.1f} ms")
        row("later starts: `initialize` to index in use, median", f"{statistics.median(loaded):.1f} ms")
        row("memory (PSS) then; more than without a workspace", f"{pss:.1f} MB; {(pss - bare) * 1.048576e6 / size:.2f} bytes per byte")
        row("the daemon says", line)


main()
