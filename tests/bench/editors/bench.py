"""Measures the plugins in their editors, each on a terminal of its own.

A key: from the byte on the terminal to the request at the daemon ("to the wire"), and from the daemon's answer to the
ghost text on the terminal ("to the screen"); beside it, what the editor takes by itself from a key to its echo.
The start: processor time and wall time of starting the editor on a file and leaving it, with the plugin and without, in
turns; the difference of the medians.
"""

import os
import pathlib
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
STOPWATCH = ROOT / "tests/bench/editors/stopwatch.py"
PATIENCE = 30  # seconds for one thing to happen


class Nvim:
    name, limit, insert = "Neovim", 5.0, b"i"

    def __init__(self, version):
        self.name = f"Neovim {version}"
        self.program = ROOT / f"build/editors/nvim-{version}/nvim"

    def configuration(self, with_plugin, program):
        setup = f"""vim.opt.runtimepath:prepend('{ROOT}/editors/nvim')
vim.cmd('runtime plugin/fimd.lua')
require('fimd').setup({{ path = '{program}' }})""" if with_plugin else ""
        return "init.lua", f"vim.o.swapfile = false\nvim.g.loaded_python3_provider = 0\n{setup}\n"

    def command(self, configuration, file, leave):
        return [self.program, "-u", configuration, *(["-c", "qa!"] if leave else []), file]


class Vim:
    name, limit, insert = "Vim", 5.0, b"i"

    def configuration(self, with_plugin, program):
        setup = f"set runtimepath^={ROOT}/editors/vim | let g:fimd_path = '{program}'" if with_plugin else ""
        return "vimrc", f"set nocompatible noswapfile viminfo= encoding=utf-8\nsyntax on\n{setup}\n"

    def command(self, configuration, file, leave):
        return ["vim", "-u", configuration, "-i", "NONE", *(["-c", "qa!"] if leave else []), file]


class Emacs:
    name, limit, insert = "Emacs", 15.0, b""

    def __init__(self, compiled):
        self.compiled = compiled  # the plugin's folder, byte-compiled

    def configuration(self, with_plugin, program):
        calm = "(setq native-comp-deferred-compilation nil native-comp-jit-compilation nil create-lockfiles nil)"
        setup = f"""(add-to-list 'load-path "{self.compiled}") (require 'fimd)
(setq fimd-program "{program}") (fimd-global-mode)""" if with_plugin else ""
        return "init.el", f"{calm}\n(setq inhibit-startup-screen t auto-save-default nil make-backup-files nil)\n{setup}\n"

    def command(self, configuration, file, leave):
        leaving = ["--eval", "(kill-emacs)"] if leave else []
        return ["emacs", "-Q", "-nw", "-l", configuration, file, *leaving]


class Terminal:
    """The editor on a pseudo terminal of 100 columns."""

    def __init__(self, command, environment):
        self.process, self.end = pty.fork()
        if self.process == 0:
            os.execvpe(str(command[0]), [str(part) for part in command], environment)
        size = struct.pack("HHHH", 24, 100, 0, 0)
        import fcntl

        fcntl.ioctl(self.end, termios.TIOCSWINSZ, size)

    def read(self, timeout):
        """What came, and when; nothing at the end or after `timeout` seconds."""
        if not select.select([self.end], [], [], timeout)[0]:
            return b"", time.monotonic_ns()
        try:
            return os.read(self.end, 65536), time.monotonic_ns()
        except OSError:
            return b"", time.monotonic_ns()

    def wait_for(self, wanted):
        """When the terminal had got all bytes of `wanted`, which may come in pieces."""
        seen, end = b"", time.monotonic() + PATIENCE
        while wanted not in seen:
            data, when = self.read(max(0.0, end - time.monotonic()))
            if not data:
                raise SystemExit(f"waited in vain for {wanted!r}; the end was {seen[-300:]!r}")
            seen += data
        return when

    def settle(self):
        """Reads until nothing has come for a while."""
        while self.read(0.3)[0]:
            pass

    def press(self, key):
        os.write(self.end, key)
        return time.monotonic_ns()

    def leave(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.end)


class Bench:
    def __init__(self, editor, folder):
        self.editor, self.folder = editor, folder
        self.log = folder / "stopwatch"
        self.file = folder / "file.py"
        self.file.write_text("x = 1\n" * 200)
        self.environment = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "FIMD_STOPWATCH": str(self.log),
        }

    def start(self, with_plugin, leave=False):
        name, text = self.editor.configuration(with_plugin, STOPWATCH)
        path = self.folder / name
        path.write_text(text)
        return Terminal(self.editor.command(path, self.file, leave), self.environment)

    def requests(self):
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.split() for line in lines]

    def wait_request(self, count):
        end = time.monotonic() + PATIENCE
        while len(self.requests()) < count:
            if time.monotonic() > end:
                raise SystemExit(f"{self.editor.name}: no request came")
            time.sleep(0.001)
        return self.requests()[count - 1]

    def keys(self, count):
        """Milliseconds to the wire and to the screen, for each key."""
        terminal = self.start(True)
        terminal.settle()
        terminal.press(self.editor.insert + b"a")
        self.wait_request(1)
        terminal.settle()
        to_wire, to_screen = [], []
        for key in b"mnpq" * (count // 4):
            before = len(self.requests())
            pressed = terminal.press(bytes([key]))
            # Its text is known before it is asked for: the letters take turns.
            suggestion = "bcdfghjk"[before % 8] * 12
            drawn = terminal.wait_for(suggestion.encode())
            came, gone, text = self.wait_request(before + 1)
            assert text == suggestion
            to_wire.append((int(came) - pressed) / 1e6)
            to_screen.append((drawn - int(gone)) / 1e6)
            terminal.settle()
        terminal.leave()
        return to_wire, to_screen

    def echoes(self, count):
        """Milliseconds from a key to its echo, without the plugin."""
        terminal = self.start(False)
        terminal.settle()
        terminal.press(self.editor.insert + b"a")
        terminal.settle()
        took = []
        for key in b"mnpq" * (count // 4):
            pressed = terminal.press(bytes([key]))
            took.append((terminal.wait_for(bytes([key])) - pressed) / 1e6)
            terminal.settle()
        terminal.leave()
        return took

    def once(self, with_plugin):
        """Milliseconds of processor and of the wall clock that one start takes."""
        begun = time.monotonic_ns()
        terminal = self.start(with_plugin, leave=True)
        while terminal.read(PATIENCE)[0]:
            pass
        _, status, usage = os.wait4(terminal.process, 0)
        wall = (time.monotonic_ns() - begun) / 1e6
        os.close(terminal.end)
        if status != 0:
            raise SystemExit(f"{self.editor.name} ended with {status}")
        return (usage.ru_utime + usage.ru_stime) * 1e3, wall

    def starts(self, count):
        """Medians of what starting takes longer with the plugin: processor and wall clock."""
        pairs = [(self.once(True), self.once(False)) for _ in range(count)]
        return [statistics.median(a[i] - b[i] for a, b in pairs) for i in (0, 1)]


def row(name, values):
    ordered = sorted(values)
    return f"  {name:<34} median {statistics.median(ordered):7.2f} ms   p90 {ordered[len(ordered) * 9 // 10]:7.2f} ms"


def compiled_emacs_plugin(folder):
    target = folder / "fimd"
    shutil.copytree(ROOT / "editors/emacs", target)
    sources = [str(path) for path in target.glob("*.el")]
    subprocess.run(["emacs", "-Q", "--batch", "-L", target, "-f", "batch-byte-compile", *sources], check=True,
                   capture_output=True)
    return target


def main():
    keys, starts = int(sys.argv[1]), int(sys.argv[2])
    late = []
    with tempfile.TemporaryDirectory(prefix="fimd-bench-") as name:
        folder = pathlib.Path(name)
        editors = [Nvim("0.10"), Nvim("0.11"), Nvim("0.12"), Vim(), Emacs(compiled_emacs_plugin(folder))]
        for number, editor in enumerate(editors):
            home = folder / str(number)
            home.mkdir()
            bench = Bench(editor, home)
            to_wire, to_screen = bench.keys(keys)
            processor, wall = bench.starts(starts)
            print(editor.name)
            print(row("key to the wire", to_wire))
            print(row("answer to the screen", to_screen))
            print(row("without fimd: key to its echo", bench.echoes(keys)))
            print(f"  start-up: {processor:+.1f} ms of processor time, {wall:+.1f} ms on the clock; limit {editor.limit:.0f} ms")
            if processor > editor.limit:
                late.append(editor.name)
    print(f"start-up over the limit: {', '.join(late)}" if late else "every start-up is within its limit")
    sys.exit(bool(late))


main()
