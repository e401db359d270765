"""Emacs 28 and newer."""

import re
import subprocess

from editor import EDITORS, KEYS, ROOT, Editor
from newcomer import Newcomer, the_readmes_lines_are_all_it_takes
PACKAGE = ROOT / "editors/emacs"
SOURCES = ("fimd-client.el", "fimd-ghost.el", "fimd.el")


class Emacs(Editor):
    label = "emacs"
    emacs = "emacs"
    keys = KEYS | {"undo": "F11"}
    lines_below = 1
    # Tab indents in Emacs; fimd binds nothing, see keys_are_the_users.
    lacks = ("tab_stays_the_users",)

    def command(self):
        # Each test has a home of its own, where Emacs would compile all that it loads to native code.
        calm = "(setq native-comp-deferred-compilation nil native-comp-jit-compilation nil)"
        return [self.emacs, "-Q", "-nw", "--eval", calm, "-l", ROOT / "tests/editors/emacs/init.el", self.file]

    def environment(self):
        return {"FIMD_TEST_ROOT": ROOT}

    def write(self, text):
        if self.content:
            self.screen.press("M->")
        self.screen.type(text)

    def again(self):
        pass

    def ask(self, command):
        self.screen.press("M-x")
        self.wait("M-x")
        self.screen.type(f"fimd-{command}")
        self.wait(f"M-x fimd-{command}")
        self.screen.press("Enter")
        self.wait(lambda text: f"M-x fimd-{command}" not in text, "the command to be taken")

    def save(self):
        self.screen.press("F12")

    def calm(self):
        self.screen.press("C-x", "1")

    def enlarge_stats(self):
        self.wait("*fimd stats*")
        self.screen.press("C-x", "o", "C-x", "1")

    def close_message(self):
        self.screen.press("q")


def restart_command_restarts(editor):
    first = editor.daemon()
    editor.ask("restart")
    editor.wait_for(lambda: editor.daemon() not in (None, first), "another daemon")
    editor.write("total")
    editor.wait("price * amount")


def edits_of_every_kind_stay_in_step(editor):
    """After moved, replaced and reverted lines the daemon still has the text that Emacs has."""
    editor.write("one\ntwo\nthree\nfour\n")
    editor.screen.press("M-<", "C-k", "C-k", "C-n", "C-x", "C-t", "M-h", "M-u", "F11", "M->")
    editor.screen.press("M-:")
    editor.screen.type('(progn (sort-lines nil 1 (point-max)) (subst-char-in-region 1 9 ?o ?0) (transpose-lines 1))\n')
    editor.screen.press("M->")
    editor.screen.type("total")
    editor.wait("price * amount")
    editor.press("accept")
    editor.wait("total = price * amount")
    editor.press("Enter")
    editor.screen.type("def ad")
    editor.wait("return a + b")


def keys_are_the_users(editor):
    editor.screen.press("M-:")
    editor.screen.type("(list (lookup-key fimd-mode-map [t]) (length fimd-mode-map) (key-binding (kbd \"TAB\")))\n")
    editor.wait("(nil 1 indent-for-tab-command)")


def compiles_and_reads_well(editor):
    """Without a warning of the compiler, and without one of checkdoc."""
    check = (
        "(progn (require 'checkdoc) (setq byte-compile-error-on-warn t"
        " byte-compile-dest-file-function (lambda (_) (make-temp-file \"fimd\")))"
        " (dolist (file command-line-args-left) (checkdoc-file file)"
        " (or (byte-compile-file file) (kill-emacs 1))))"
    )
    command = [editor.emacs, "-Q", "--batch", "-L", ".", "--eval", check, *SOURCES]
    result = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=False)
    assert result.returncode == 0 and "arning" not in result.stderr, result.stderr


# There is no public address yet; and package-lint 0.16 knows no Emacs beyond 27.
LINT_IS_WRONG = ("should have a Homepage or URL header", "uninstallable in all released Emacs versions")


def package_lint_is_content(_):
    lint = (
        "(progn (dolist (folder (directory-files \"/usr/share/emacs/site-lisp/elpa-src\" t \"^[a-z]\"))"
        " (add-to-list 'load-path folder))"
        " (require 'package-lint) (setq package-lint-main-file \"fimd.el\"))"
    )
    command = ["emacs", "-Q", "--batch", "--eval", lint, "-f", "package-lint-batch-and-exit", *SOURCES]
    result = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=False)
    found = re.findall(r"^\S+:\d+:\d+: .*", result.stdout + result.stderr, re.M)
    assert found, f"package-lint did not run: {result.stdout + result.stderr}"
    left = [line for line in found if not any(wrong in line for wrong in LINT_IS_WRONG)]
    assert not left, "\n".join(left)


Emacs.more = (
    restart_command_restarts,
    edits_of_every_kind_stay_in_step,
    keys_are_the_users,
    compiles_and_reads_well,
    package_lint_is_content,
)


class EmacsNewcomer(Newcomer, Emacs):
    label = "emacs newcomer"
    installs, language, configuration = "emacs", "elisp", ".emacs.d/init.el"
    only = (the_readmes_lines_are_all_it_takes,)
    keys = {"accept": "Tab"}

    def command(self):
        calm = "(setq native-comp-deferred-compilation nil native-comp-jit-compilation nil)"
        return ["emacs", "-nw", "--eval", calm, self.file]

    def save(self):
        self.screen.press("C-x", "C-s")


class Emacs30(Emacs):
    label = "emacs 30"
    emacs = EDITORS / "emacs-30" / "emacs"
    more = (restart_command_restarts, edits_of_every_kind_stay_in_step, compiles_and_reads_well)


EDITORS_HERE = [EmacsNewcomer, Emacs, Emacs30]
