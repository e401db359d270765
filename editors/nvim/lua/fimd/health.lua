-- :checkhealth fimd
local client = require('fimd.client')

local M = {}

function M.check()
  local health = vim.health
  health.start('fimd')
  if vim.fn.has('nvim-0.10') == 0 then
    return health.error('Neovim 0.10 or newer is needed')
  end
  health.ok('Neovim ' .. tostring(vim.version()))
  local path, looked = client.binary()
  if path then
    health.ok('program: ' .. path)
  else
    health.error('no program fimd at ' .. looked, "install it, or name it: require('fimd').setup({ path = '...' })")
  end
  local running = client.client()
  if not running then
    return health.warn('not running', "open a file after require('fimd').setup() or vim.lsp.enable('fimd')")
  end
  local attached = vim.tbl_count(running.attached_buffers)
  health.ok(('running, with %d files open'):format(attached))
  local status = client.status
  local told = ('status: %s %s'):format(status.kind, status.message or '')
  if status.kind == 'error' then
    health.error(told)
  else
    health.ok(told)
  end
  health.info(client.ghost() == require('fimd.ghost') and 'fimd draws its ghost text' or 'Neovim draws the ghost text')
end

return M
