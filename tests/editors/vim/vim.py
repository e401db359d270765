"""Vim 9."""

from editor import EDITORS, ROOT, ViEditor
from newcomer import Newcomer, the_readmes_lines_are_all_it_takes


class Vim(ViEditor):
    label = "vim"
    vim = "vim"

    def command(self):
        return [self.vim, "-u", ROOT / "tests/editors/vim/vimrc", "-i", "NONE", self.file]

    def environment(self):
        return {"FIMD_TEST_ROOT": ROOT}

    def begin(self):
        """The daemon starts at the first insertion."""
        self.screen.type("i")
        self.screen.press("Escape")

    def close_message(self):
        self.screen.press("Enter")  # any key closes the popup


def expression_map_falls_back(editor):
    editor.write("total")
    editor.wait("price * amount")
    editor.screen.press("F9")
    editor.wait_text("total = price * amount")
    editor.press("Enter")
    editor.screen.press("F9")
    editor.expect("total = price * amount\nnothing\n")


def restart_command_restarts(editor):
    first = editor.daemon()
    editor.ask("restart")
    editor.wait_for(lambda: editor.daemon() not in (None, first), "another daemon")
    editor.write("total")
    editor.wait("price * amount")


def edits_of_every_kind_stay_in_step(editor):
    """After deletions, undo and filters of many lines the daemon still has the text that Vim has."""
    editor.write("one\ntwo\nthree\nfour")
    editor.screen.press("Escape")
    editor.screen.type("ggddGp:2,3m0\n:%s/o/0/g\nuggdGu:3d | $put ='five' | 1d\nGo")
    editor.screen.type("total")
    editor.wait("price * amount")
    editor.press("accept")
    editor.wait("total = price * amount")
    editor.press("Enter")
    editor.screen.type("def ad")
    editor.wait("return a + b")


def help_is_there(editor):
    editor.screen.press("Escape")
    editor.screen.type(":helptags ALL | help fimd\n")
    editor.wait("What it is")


def tab_is_left_unmapped(editor):
    editor.screen.type(":imap <Tab>\n")
    editor.wait("No mapping found")


Vim.more = (
    expression_map_falls_back,
    restart_command_restarts,
    edits_of_every_kind_stay_in_step,
    help_is_there,
    tab_is_left_unmapped,
)


class VimNewcomer(Newcomer, ViEditor):
    label = "vim newcomer"
    installs, language, configuration = "vim", "vim", ".vim/vimrc"
    only = (the_readmes_lines_are_all_it_takes,)
    keys = {"accept": "C-l"}

    def command(self):
        return ["vim", self.file]

    def wait_ready(self):
        """The daemon starts at the first insertion."""


class Vim91(Vim):
    label = "vim 9.1"
    vim = EDITORS / "vim-9.1" / "vim"


EDITORS_HERE = [VimNewcomer, Vim, Vim91]
