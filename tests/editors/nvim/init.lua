-- A user's configuration for the tests: keys, a status line and the plugin of this tree.
local root = vim.env.FIMD_TEST_ROOT
vim.opt.runtimepath:prepend(root .. '/editors/nvim')
vim.g.loaded_python3_provider = 0
vim.g.python_recommended_style = 0
vim.o.swapfile = false
vim.o.termguicolors = vim.env.FIMD_TEST_DRAWS == 'neovim' -- with fewer colours Neovim draws its hints like text
vim.o.ruler = false
vim.o.cmdheight = 2
vim.o.laststatus = 2
vim.o.statusline = "%f <%{v:lua.require'fimd'.statusline()}> {%{len(join(getline(1,'$'),\"\\n\"))}}"

for key, name in pairs({
  F2 = 'accept',
  F3 = 'accept-word',
  F4 = 'accept-line',
  F5 = 'dismiss',
  F6 = 'next',
  F7 = 'previous',
  F8 = 'trigger',
}) do
  vim.keymap.set('i', '<' .. key .. '>', '<Plug>(fimd-' .. name .. ')')
end
vim.keymap.set('i', '<F9>', function()
  return require('fimd').accept() and '' or 'nothing'
end, { expr = true })

local program = vim.env.FIMD_TEST_PROGRAM
if vim.env.FIMD_TEST_DRAWS == 'neovim' then
  vim.env.FIMD_PATH = program
  vim.lsp.enable('fimd')
else
  require('fimd').setup({ path = program ~= '' and program or nil })
end
