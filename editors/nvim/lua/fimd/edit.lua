-- What accepting does to the buffer and tells the daemon: the same whoever draws the ghost text.
local text = require('fimd.text')

local M = {}

local function call(client, method, ...)
  -- Calling with a dot is Neovim 0.10's way and deprecated since.
  if vim.fn.has('nvim-0.11') == 1 then
    return client[method](client, ...)
  end
  return client[method](...)
end

function M.request(client, method, params, handler, bufnr)
  return call(client, 'request', method, params, handler or function() end, bufnr)
end

function M.notify(client, method, params)
  call(client, 'notify', method, params)
end

function M.cancel(client, id)
  call(client, 'cancel_request', id)
end

function M.execute(client, command, arguments, handler)
  M.request(client, 'workspace/executeCommand', { command = command, arguments = arguments }, handler)
end

--- Puts `inserted` in place of the `replaced` bytes after the cursor. The user takes it back with one undo.
---@param bufnr integer
---@param inserted string
---@param replaced integer
function M.insert(bufnr, inserted, replaced)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local lines = vim.split(inserted, '\n', { plain = true })
  -- Setting the option, to whatever, closes the undo block.
  vim.bo[bufnr].undolevels = vim.bo[bufnr].undolevels
  vim.api.nvim_buf_set_text(bufnr, row - 1, column, row - 1, column + replaced, lines)
  vim.api.nvim_win_set_cursor(0, { row + #lines - 1, (#lines == 1 and column or 0) + #lines[#lines] })
end

--- Inserts `unit` of what is left of `item` and says so to the daemon.
---@param client vim.lsp.Client
---@param bufnr integer
---@param item lsp.InlineCompletionItem as it came
---@param rest string its text after the cursor
---@param replaced integer bytes after the cursor that it contains
---@param unit string
function M.accept(client, bufnr, item, rest, replaced, unit)
  local part = text.part(rest, unit)
  if part == rest then
    M.insert(bufnr, part, replaced)
    if item.command then
      M.execute(client, item.command.command, item.command.arguments)
    end
    return
  end
  M.insert(bufnr, part, 0)
  local accepted = item.insertText:sub(1, #item.insertText - #rest + #part)
  M.notify(client, 'textDocument/didPartiallyAcceptCompletion', {
    item = item,
    acceptedLength = text.utf16_length(accepted),
  })
end

return M
