-- The daemon as Neovim's LSP client sees it: where it is, how it starts, what it is told and what it says.
local edit = require('fimd.edit')

local M = {
  ---@type table<string, any> what setup() was given
  options = {},
  ---@type { kind: string, message: string?, callsToday: integer?, tokensToday: integer? }
  status = { kind = 'stopped' },
}

local connection ---@type fimd.Connection?

local function say(message, level)
  vim.notify('fimd: ' .. message, level or vim.log.levels.INFO)
end

local function set_status(status)
  M.status = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'FimdStatus', modeline = false })
  vim.cmd.redrawstatus()
end

-- The folder of the plugin; scripts/install-editor puts the daemon into its `bin`.
local function plugin_folder()
  return vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h:h')
end

--- The path of the daemon: the setting, the one beside the plugin, the one in PATH.
---@return string? path nil, with `looked`, if there is none
---@return string looked where it was looked for
function M.binary()
  local wanted = M.options.path or vim.env.FIMD_PATH
  local candidates = wanted and { wanted } or { plugin_folder() .. '/bin/fimd', 'fimd' }
  for _, candidate in ipairs(candidates) do
    local path = vim.fn.exepath(candidate)
    if path ~= '' then
      return path, candidate
    end
  end
  return nil, wanted or (candidates[1] .. ' and PATH')
end

local complained = false
local function complain(looked)
  if not complained then
    complained = true
    say(
      ('cannot find the program fimd (looked at %s). Install it, or name it: '):format(looked)
        .. "require('fimd').setup({ path = '/where/fimd/is' }). Then :Fimd restart",
      vim.log.levels.WARN
    )
  end
end

---@return vim.lsp.Client?
function M.client()
  return vim.lsp.get_clients({ name = 'fimd' })[1]
end

--- Who draws: Neovim itself where it can and was left to, else fimd's own module.
function M.ghost()
  local neovim_draws = vim.lsp.inline_completion and not M.options.own_ghost_text
  return require(neovim_draws and 'fimd.builtin' or 'fimd.ghost')
end

--- Starts the daemon for a buffer, or shares the one that runs. From 0.11 on Neovim does that.
---@param bufnr integer
function M.start(bufnr)
  local path, looked = M.binary()
  if not path then
    return complain(looked)
  end
  local config = M.config()
  config.root_dir = vim.fs.root(bufnr, '.git')
  vim.lsp.start(config, { bufnr = bufnr, reuse_client = config.reuse_client })
end

--- Ends the daemon and starts another one; starts one where none was found before.
---@param start_all fun() what starts it at first
function M.restart(start_all)
  complained = false
  if M.client() and connection then
    connection:restart()
  else
    start_all()
  end
end

--- Changes settings of the running daemon and of every later one.
---@param settings table
function M.configure(settings)
  M.options.settings = vim.tbl_extend('force', M.options.settings or {}, settings)
  local client = M.client()
  if client then
    client.settings = vim.tbl_deep_extend('force', client.settings or {}, { fimd = settings })
    edit.notify(client, 'workspace/didChangeConfiguration', { settings = client.settings })
  end
end

local function capabilities()
  local ours = { textDocument = { inlineCompletion = { dynamicRegistration = false } } }
  return vim.tbl_deep_extend('force', vim.lsp.protocol.make_client_capabilities(), ours)
end

---@return vim.lsp.ClientConfig
function M.config()
  return {
    name = 'fimd',
    cmd = function(dispatchers)
      local public
      connection, public = require('fimd.connection').start(dispatchers, {
        find = M.binary,
        missing = complain,
        client = M.client,
        status = set_status,
        back = function()
          M.ghost().refresh()
        end,
      })
      return public
    end,
    -- One daemon for the whole editor, and none at all while the program is missing.
    root_dir = function(bufnr, on_dir)
      local path, looked = M.binary()
      if path then
        on_dir(vim.fs.root(bufnr, '.git'))
      else
        complain(looked)
      end
    end,
    reuse_client = function(client)
      return client.name == 'fimd'
    end,
    capabilities = capabilities(),
    init_options = vim.tbl_extend('force', M.options.settings or {}, { status = true }),
    settings = { fimd = M.options.settings or vim.empty_dict() },
    handlers = {
      ['fimd/status'] = function(_, status)
        set_status(status)
      end,
    },
    on_init = function()
      set_status({ kind = 'ready' })
    end,
    on_attach = function(client, bufnr)
      M.ghost().attach(client, bufnr)
    end,
    on_exit = vim.schedule_wrap(function()
      set_status({ kind = 'stopped' })
    end),
  }
end

return M
