"""Neovim 0.10, 0.11 and 0.12, and 0.12 drawing the ghost text itself."""

from editor import EDITORS, ROOT, ViEditor
from newcomer import Newcomer, the_readmes_lines_are_all_it_takes


class Neovim(ViEditor):
    version = ""
    draws = "fimd"

    def command(self):
        return [EDITORS / f"nvim-{self.version}" / "nvim", "-u", ROOT / "tests/editors/nvim/init.lua", self.file]

    def environment(self):
        return {"FIMD_TEST_ROOT": ROOT, "FIMD_TEST_DRAWS": self.draws}


class Neovim010(Neovim):
    label, version = "nvim 0.10", "0.10"


class Neovim011(Neovim):
    label, version = "nvim 0.11", "0.11"


class Neovim012(Neovim):
    label, version = "nvim 0.12", "0.12"


class Neovim012Builtin(Neovim):
    label, version, draws = "nvim 0.12 by itself", "0.12", "neovim"
    # Neovim asks 200 ms after the key and tells nobody what it shows.
    lacks = (
        "accept_word_by_word",
        "dead_endpoint_is_told_and_own_text_completes",
        "every_outcome_is_reported_and_counted",
        "secrets_stay_here_and_why_says_so",
        "trigger_and_candidates",
        "typing_through_never_flickers",
    )


def expression_map_falls_back(editor):
    editor.write("total")
    editor.wait("price * amount")
    editor.screen.press("F9")
    editor.wait_text("total = price * amount")
    editor.press("Enter")
    editor.screen.press("F9")
    editor.expect("total = price * amount\nnothing\n")


def checkhealth_tells(editor):
    editor.screen.type(":checkhealth fimd\n")
    editor.wait("running, with 1 files open")


def restart_command_restarts(editor):
    first = editor.daemon()
    editor.ask("restart")
    editor.wait_for(lambda: editor.daemon() not in (None, first), "another daemon")
    editor.write("total")
    editor.wait("price * amount")


def help_is_there(editor):
    editor.screen.type(":helptags ALL | help fimd\n")
    editor.wait("What it is")


Neovim.more = (expression_map_falls_back, checkhealth_tells, restart_command_restarts, help_is_there)


class NeovimNewcomer(Newcomer, ViEditor):
    label = "nvim newcomer"
    installs, language, configuration = "nvim", "lua", "config/nvim/init.lua"
    only = (the_readmes_lines_are_all_it_takes,)
    keys = {"accept": "M-l"}

    def programs(self):
        return {"nvim": EDITORS / "nvim-0.12" / "nvim"}

    def command(self):
        return ["nvim", self.file]


EDITORS_HERE = [NeovimNewcomer, Neovim010, Neovim011, Neovim012, Neovim012Builtin]
