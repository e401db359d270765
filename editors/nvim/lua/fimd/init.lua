-- fimd for Neovim: what users, maps and statuslines call. `:help fimd` describes it.
local client = require('fimd.client')

local M = {}

-- Neovim's LSP takes longer to load than all of fimd: it waits until there is something to look at.
local function once_started(action)
  if vim.v.vim_did_enter == 1 then
    return action()
  end
  vim.api.nvim_create_autocmd('VimEnter', { once = true, callback = vim.schedule_wrap(action) })
end

local function start(bufnr)
  if vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].filetype ~= '' and vim.bo[bufnr].buftype == '' then
    client.start(bufnr)
  end
end

local function start_all()
  if vim.fn.has('nvim-0.11') == 1 then
    vim.lsp.enable('fimd')
  else
    vim.iter(vim.api.nvim_list_bufs()):each(start)
  end
end

--- Starts fimd for every file, and draws its ghost text with fimd's own module. Neovim 0.12 alone can do with
--- `vim.lsp.enable('fimd')` instead.
---@param options? { path?: string, settings?: table, own_ghost_text?: boolean }
function M.setup(options)
  client.options = vim.tbl_extend('force', { own_ghost_text = true }, options or {})
  once_started(start_all)
  if vim.fn.has('nvim-0.11') == 0 then
    vim.api.nvim_create_autocmd('FileType', {
      group = vim.api.nvim_create_augroup('fimd', {}),
      callback = function(event)
        if vim.v.vim_did_enter == 1 then
          start(event.buf)
        end
      end,
    })
  end
end

--- Accepts what is shown. True if something was: expression maps fall back otherwise.
---@return boolean
function M.accept()
  return client.ghost().accept('all')
end

---@return boolean
function M.accept_word()
  return client.ghost().accept('word')
end

---@return boolean
function M.accept_line()
  return client.ghost().accept('line')
end

function M.next()
  client.ghost().cycle(1)
end

function M.previous()
  client.ghost().cycle(-1)
end

--- Asks now, for up to three candidates, also where fimd would stay silent by itself.
function M.trigger()
  client.ghost().trigger()
end

---@return boolean
function M.dismiss()
  return client.ghost().dismiss()
end

--- What `fimd/status` said last: kind, message, callsToday, tokensToday.
function M.status()
  return client.status
end

local WORDS = { ready = 'fimd', busy = 'fimd …', ['local'] = 'fimd local', off = 'fimd off', error = 'fimd !' }

--- A few characters for a statusline; empty while fimd does not run.
---@return string
function M.statusline()
  return WORDS[client.status.kind] or ''
end

local function ask(command, show)
  local running = client.client()
  if not running then
    return vim.notify('fimd: not running', vim.log.levels.WARN)
  end
  require('fimd.edit').execute(running, command, nil, function(err, result)
    vim.notify(err and ('fimd: ' .. err.message) or show(result))
  end)
end

local function lines_of(values, prefix, lines)
  for name, value in vim.spairs(values) do
    if type(value) == 'table' then
      lines_of(value, prefix .. name .. '.', lines)
    else
      table.insert(lines, ('%-40s %s'):format(prefix .. name, value))
    end
  end
  return lines
end

local commands = {
  status = function()
    local status = client.status
    local told = status.message and status.message ~= '' and (': ' .. status.message) or ''
    vim.notify(('fimd: %s%s'):format(status.kind, told))
  end,
  toggle = function()
    local settings = client.options.settings or {}
    local enabled = settings.enabled == false
    client.configure({ enabled = enabled })
    if not enabled then
      M.dismiss()
    end
    vim.notify(enabled and 'fimd: on' or 'fimd: off')
  end,
  restart = function()
    client.restart(start_all)
  end,
  stats = function()
    ask('fimd.stats', function(result)
      return table.concat(lines_of(result, '', {}), '\n')
    end)
  end,
  why = function()
    ask('fimd.why', function(result)
      return 'fimd: ' .. (result.reason == '' and 'the last request got a suggestion' or result.reason)
    end)
  end,
  log = function()
    vim.cmd.tabnew(vim.fn.fnameescape(vim.lsp.log and vim.lsp.log.get_filename() or vim.lsp.get_log_path()))
  end,
}

--- `:Fimd {name}`; without a name, the status.
---@param name string
function M.command(name)
  local command = commands[name == '' and 'status' or name]
  if command then
    return command()
  end
  vim.notify(('fimd: no command %s; there are %s'):format(name, table.concat(vim.tbl_keys(commands), ', ')), vim.log.levels.ERROR)
end

---@param lead string
---@return string[]
function M.complete_command(lead)
  local names = vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, vim.tbl_keys(commands))
  table.sort(names)
  return names
end

return M
