"""Neovim 0.10, 0.11 and 0.12, and 0.12 drawing the ghost text itself."""

import re
import subprocess

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
        "why_says_that_it_is_switched_off",
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


def nothing_happens_by_itself(editor):
    """The plugin alone makes <Plug> maps and a command: no key, no event, no module."""
    look = """
local made = {}
for _, map in ipairs(vim.api.nvim_get_keymap('i')) do
  if not vim.startswith(map.lhs, '<Plug>(fimd-') then made[#made + 1] = map.lhs end
end
for _, event in ipairs(vim.api.nvim_get_autocmds({})) do
  if (event.group_name or ''):find('fimd') then made[#made + 1] = event.event end
end
for name in pairs(package.loaded) do
  if name:find('^fimd') then made[#made + 1] = name end
end
vim.fn.writefile({ vim.fn.exists(':Fimd') .. ' ' .. table.concat(made, ' ') }, 'made')
"""
    (editor.folder / "look.lua").write_text(look)
    bare = [editor.command()[0], "--headless", "--clean", "--cmd", f"set rtp^={ROOT}/editors/nvim", "-S", "look.lua", "-c", "qa!"]
    subprocess.run(bare, cwd=editor.folder, capture_output=True, check=True)
    before = (editor.folder / "made").read_text().split()
    assert before[0] == "2", "the command is not there"
    bare[4] = "set nocp"
    subprocess.run(bare, cwd=editor.folder, capture_output=True, check=True)
    without = (editor.folder / "made").read_text().split()
    assert before[1:] == without[1:], before


Neovim.more = (
    expression_map_falls_back,
    checkhealth_tells,
    restart_command_restarts,
    help_is_there,
    nothing_happens_by_itself,
)


class NeovimNewcomer(Newcomer, ViEditor):
    label = "nvim newcomer"
    installs, language, configuration = "nvim", "lua", "config/nvim/init.lua"
    only = (the_readmes_lines_are_all_it_takes,)
    keys = {"accept": "M-l"}

    def programs(self):
        return {"nvim": EDITORS / "nvim-0.12" / "nvim"}

    def command(self):
        return ["nvim", self.file]




class Neovim012Alone(Newcomer, ViEditor):
    """What docs/editors.md has for a Neovim without the plugin."""

    label = "nvim 0.12 without the plugin"
    configuration = "config/nvim/init.lua"
    only = (the_readmes_lines_are_all_it_takes,)
    keys = {"accept": "M-l"}
    programs = NeovimNewcomer.programs
    command = NeovimNewcomer.command

    def lines(self):
        page = (ROOT / "docs/editors.md").read_text()
        return re.search(r"^```lua\n(vim\.lsp\.config.*?)^```$", page, re.M | re.S).group(1) + self.telling

    def wait_ready(self):
        """Neovim asks nothing about what was typed before the daemon was ready."""
        self.wait("<1 ready>")

    telling = """
function _G.ready() return #vim.lsp.get_clients({ bufnr = 0 }) end
vim.o.statusline = '<%{v:lua.ready()} ready>'
vim.o.laststatus = 2
vim.api.nvim_create_autocmd('LspAttach', { command = 'redrawstatus' })
"""


EDITORS_HERE = [Neovim012Alone, NeovimNewcomer, Neovim010, Neovim011, Neovim012, Neovim012Builtin]
