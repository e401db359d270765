-- The daemon's process as a connection that outlives it. To Neovim's LSP client the server never ends: after a
-- crash the process is started again, told to initialize and given the open files, and typing never waits for it.
-- (Neovim itself stops following a buffer that changes while none of its clients is alive.)
local edit = require('fimd.edit')

local M = {}

-- After this many ends within this time something is wrong that starting again does not mend.
local MAX_RESTARTS, RESTART_WINDOW_S = 5, 180
local FIRST_DELAY_MS = 200

---@class fimd.Connection
---@field process? vim.lsp.rpc.PublicClient nil while the daemon is down
---@field initialize? table what Neovim initialized it with
---@field closing boolean Neovim is done with it
---@field ends number[] when it ended by itself, in seconds
local Connection = {}
Connection.__index = Connection

-- Makes a fresh daemon know what its predecessor knew of `client`.
local function open_files(client, process)
  process.notify('initialized', vim.empty_dict())
  for bufnr in pairs(client.attached_buffers) do
    local line_end = vim.bo[bufnr].fileformat == 'dos' and '\r\n' or '\n'
    local lines = vim.api.nvim_buf_get_lines(bufnr, 0, -1, true)
    process.notify('textDocument/didOpen', {
      textDocument = {
        uri = vim.uri_from_bufnr(bufnr),
        languageId = vim.bo[bufnr].filetype,
        version = vim.api.nvim_buf_get_changedtick(bufnr),
        text = table.concat(lines, line_end) .. (vim.bo[bufnr].endofline and line_end or ''),
      },
    })
  end
end

function Connection:launch()
  local path, looked = self.options.find()
  if not path then
    return self.options.missing(looked)
  end
  local dispatchers = vim.tbl_extend('force', self.dispatchers, {
    on_exit = vim.schedule_wrap(function(code, signal)
      self:ended(code, signal)
    end),
  })
  return vim.lsp.rpc.start({ path }, dispatchers)
end

-- Starts the process again, if it can be found.
function Connection:relaunch()
  local client = self.options.client()
  local process = client and not self.closing and not self.process and self:launch()
  if not process then
    return
  end
  process.request('initialize', self.initialize, function(err)
    if err or self.closing then
      return process.terminate()
    end
    for bufnr in pairs(client.attached_buffers) do
      -- A request makes Neovim let go of the changes that it holds back; while we are down both are dropped.
      edit.request(client, 'workspace/executeCommand', { command = 'fimd.why' }, nil, bufnr)
    end
    open_files(client, process)
    self.process = process
    self.options.status({ kind = 'ready' })
    self.options.back()
  end)
end

function Connection:ended(code, signal)
  self.process = nil
  if self.closing then
    self.dispatchers.on_exit(code, signal)
    return
  end
  local now = vim.uv.now() / 1000
  table.insert(self.ends, now)
  self.ends = vim.tbl_filter(function(time)
    return now - time < RESTART_WINDOW_S
  end, self.ends)
  if #self.ends > MAX_RESTARTS then
    self.options.status({ kind = 'error', message = 'ends again and again; :Fimd log says why, :Fimd restart tries again' })
    return
  end
  self.options.status({ kind = 'error', message = 'ended, starts again' })
  vim.defer_fn(function()
    self:relaunch()
  end, FIRST_DELAY_MS * 2 ^ (#self.ends - 1))
end

--- Ends the process, if there is one, and starts a new one.
function Connection:restart()
  self.ends = {}
  if self.process then
    self.process.terminate()
  else
    self:relaunch()
  end
end

-- What Neovim's client calls, without a self.
function Connection:public()
  return {
    request = function(method, params, ...)
      if method == 'initialize' then
        self.initialize = params
      end
      self.closing = self.closing or method == 'shutdown'
      if self.process then
        return self.process.request(method, params, ...)
      end
      return false
    end,
    notify = function(method, params)
      return self.process ~= nil and self.process.notify(method, params)
    end,
    is_closing = function()
      return self.closing and (self.process == nil or self.process.is_closing())
    end,
    terminate = function()
      self.closing = true
      if self.process then
        self.process.terminate()
      end
    end,
  }
end

---@class fimd.ConnectionOptions
---@field find fun(): string?, string the daemon's path, or nil and where it was looked for
---@field missing fun(looked: string)
---@field client fun(): vim.lsp.Client?
---@field status fun(status: table)
---@field back fun() the program runs again and knows the open files

---@param dispatchers vim.lsp.rpc.Dispatchers
---@param options fimd.ConnectionOptions
---@return fimd.Connection
---@return vim.lsp.rpc.PublicClient for Neovim's client
function M.start(dispatchers, options)
  local self = setmetatable({ dispatchers = dispatchers, options = options, ends = {}, closing = false }, Connection)
  self.process = assert(self:launch(), 'fimd is not installed')
  return self, self:public()
end

return M
