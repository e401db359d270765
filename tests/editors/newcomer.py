"""Somebody who has just read the README: installs a plugin with it, copies its lines, and starts the editor."""

import re
import subprocess

from editor import ROOT, Editor

MOST_LINES = 5  # that the README needs for an editor


def readme_lines(language):
    """What the README has people copy into the configuration of one editor."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
    assert len(found) == 1, f"README.md has {len(found)} blocks of {language}"
    assert len(found[0].splitlines()) <= MOST_LINES, found[0]
    return found[0]


class Newcomer(Editor):
    """`installs` is the name for scripts/install-editor, `configuration` where the lines go, in the home folder."""

    installs = ""
    language = ""
    configuration = ""

    def prepare(self):
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "fimd").symlink_to(self.program)
        for name, program in self.programs().items():
            (programs / name).symlink_to(program)
        self.path = f"{programs}:/usr/bin:/bin"
        if self.installs:
            self.install()
        target = self.folder / self.configuration
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.lines())

    def install(self):
        """As the README says; what it has people copy, scripts/install-editor says too."""
        home = {"HOME": str(self.folder), "PATH": self.path, "LANG": "C.UTF-8"}
        command = [ROOT / "scripts/install-editor", self.installs]
        installed = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
        assert installed.returncode == 0, installed.stdout + installed.stderr
        for line in self.lines().splitlines():
            assert line in installed.stdout, f"scripts/install-editor does not say {line!r}"

    def lines(self):
        return readme_lines(self.language)

    def environment(self):
        return {"PATH": self.path}

    def programs(self):
        return {}

    def wait_ready(self):
        self.wait_for(lambda: self.daemon(), "the daemon to start")


def the_readmes_lines_are_all_it_takes(editor):
    editor.write("total")
    editor.wait("total = price * amount")
    editor.press("accept")
    editor.save()
    editor.wait_for(
        lambda: editor.file.exists() and editor.file.read_text() == "total = price * amount\n", "the accepted text"
    )
