"""A program on a terminal of its own, seen and typed at through tmux."""

import contextlib
import html
import os
import pathlib
import re
import signal
import subprocess
import time
import unicodedata

PATIENCE = float(os.environ.get("FIMD_TEST_PATIENCE", "60"))  # seconds for one thing to happen
COLUMNS, LINES = 80, 36


class Screen:
    def __init__(self, name, command, folder, environment):
        self.socket = ["tmux", "-f", "/dev/null", "-L", f"fimd-{name}"]
        # By env: tmux gives a program the PATH of its own client.
        variables = ["env", *(f"{key}={value}" for key, value in environment.items())]
        size = ["-x", str(COLUMNS), "-y", str(LINES)]
        self.tmux("new-session", "-d", *size, "-c", str(folder), *variables, *map(str, command))
        self.tmux("set-option", "-g", "remain-on-exit", "on")
        self.tmux("set-option", "-sg", "escape-time", "0")

    def tmux(self, *arguments):
        result = subprocess.run(
            [*self.socket, *arguments], capture_output=True, text=True, check=False, encoding="utf-8"
        )
        if result.returncode != 0:
            raise AssertionError(f"tmux {arguments[0]}: {result.stderr.strip()}")
        return result.stdout

    def type(self, text):
        """Types the characters of `text`, as keys."""
        self.tmux("send-keys", "-l", "--", text)

    def press(self, *keys):
        """Presses keys by tmux's names: Escape, C-Right, M-l."""
        self.tmux("send-keys", *keys)

    def resize(self, lines):
        self.tmux("resize-window", "-y", str(lines))

    def text(self):
        return self.tmux("capture-pane", "-p")

    def wait(self, wanted, what=None):
        """Waits until the screen fulfils `wanted`, a text or a question about one, and returns it."""
        fulfilled = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
        end = time.monotonic() + PATIENCE
        while True:
            text = self.text()
            if fulfilled(text):
                return text
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain for {what or wanted!r}; the screen was:\n{text}")
            time.sleep(0.01)

    def close(self):
        listed = subprocess.run(
            [*self.socket, "display-message", "-p", "#{pane_pid} #{socket_path}"], capture_output=True, text=True, check=False
        )
        subprocess.run([*self.socket, "kill-server"], capture_output=True, check=False)
        if listed.stdout:
            program, socket = listed.stdout.split()
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(program), signal.SIGKILL)  # an editor that asks whether to save does not end by itself
            pathlib.Path(socket).unlink(missing_ok=True)

    def picture(self):
        """The screen as an SVG."""
        return svg(self.tmux("capture-pane", "-p", "-e", "-N").split("\n"))


COLOURS = ["#1d2021", "#cc241d", "#98971a", "#d79921", "#458588", "#b16286", "#689d6a", "#a89984"]
BRIGHT = ["#7c6f64", "#fb4934", "#b8bb26", "#fabd2f", "#83a598", "#d3869b", "#8ec07c", "#ebdbb2"]
PAPER, INK = "#1d2021", "#ebdbb2"
CELL_WIDTH, CELL_HEIGHT = 8.4, 18


def palette(number):
    if number < 16:
        return (COLOURS + BRIGHT)[number]
    if number < 232:
        number -= 16
        levels = [number // 36, number // 6 % 6, number % 6]
        return "#" + "".join(f"{55 + 40 * level if level else 0:02x}" for level in levels)
    return "#" + f"{8 + 10 * (number - 232):02x}" * 3


class Style:
    """What the escape sequences so far ask for."""

    def __init__(self):
        self.ink, self.paper, self.bold, self.dim, self.reverse = None, None, False, False, False

    def apply(self, codes):
        codes = [int(code or 0) for code in codes.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.__init__()
            elif code in (1, 2, 7, 22, 27):
                self.bold = code == 1 or (self.bold and code != 22)
                self.dim = code == 2 or (self.dim and code != 22)
                self.reverse = code == 7 or (self.reverse and code != 27)
            elif code in (38, 48):
                kind = codes.pop(0)
                colour = palette(codes.pop(0)) if kind == 5 else "#" + "".join(f"{codes.pop(0):02x}" for _ in "rgb")
                self.paint(code == 38, colour)
            elif code in (39, 49):
                self.paint(code == 39, None)
            elif code % 100 // 10 in (3, 4, 9, 0) and code % 10 < 8:
                colours = BRIGHT if code >= 90 else COLOURS
                self.paint(code // 10 in (3, 9), colours[code % 10])

    def paint(self, ink, colour):
        if ink:
            self.ink = colour
        else:
            self.paper = colour

    def colours(self):
        ink, paper = self.ink or INK, self.paper or PAPER
        return (paper, ink) if self.reverse else (ink, paper)


def columns_of(text):
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def svg(lines):
    lines = lines[:-1] if lines[-1] == "" else lines
    width, height = COLUMNS * CELL_WIDTH + 16, len(lines) * CELL_HEIGHT + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        'font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="14">',
        f'<rect width="100%" height="100%" rx="6" fill="{PAPER}"/>',
    ]
    style = Style()
    for row, line in enumerate(lines):
        column = 0
        for escape, text in re.findall(r"\x1b\[([0-9;]*)m|([^\x1b]+)", line):
            if not text:
                style.apply(escape)
                continue
            ink, paper = style.colours()
            x, y, cells = 8 + column * CELL_WIDTH, 8 + row * CELL_HEIGHT, columns_of(text)
            column += cells
            if paper != PAPER:
                parts.append(
                    f'<rect x="{x:g}" y="{y}" width="{cells * CELL_WIDTH:g}" height="{CELL_HEIGHT}" fill="{paper}"/>'
                )
            if text.strip():
                extra = (' font-weight="bold"' if style.bold else "") + (' opacity="0.6"' if style.dim else "")
                parts.append(
                    f'<text x="{x:g}" y="{y + 14}" textLength="{cells * CELL_WIDTH:g}" fill="{ink}" '
                    f'xml:space="preserve"{extra}>{html.escape(text)}</text>'
                )
    return "\n".join([*parts, "</svg>", ""])
