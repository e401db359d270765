-- Neovim 0.12 draws inline completions itself (`vim.lsp.inline_completion`). This adds to it what it lacks: accepting
-- by word and by line, and dismissing. Candidates and the explicit trigger need `require('fimd').setup()`.
local edit = require('fimd.edit')

local M = {}

---@param client vim.lsp.Client
function M.attach(client)
  vim.lsp.inline_completion.enable(true, { client_id = client.id })
end

-- What of `item` is still to come and how many bytes after the cursor it replaces; nil if the user went another
-- way. Neovim's item keeps the range of its request, so text that was typed since lies outside of it.
local function rest_of(item, bufnr)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local start_row, start_column, _, end_column = item.range:to_extmark()
  if row - 1 ~= start_row or column < start_column then
    return nil
  end
  local typed = vim.api.nvim_buf_get_text(bufnr, start_row, start_column, start_row, column, {})[1]
  if not vim.startswith(item.insert_text, typed) or #typed == #item.insert_text then
    return nil
  end
  return item.insert_text:sub(#typed + 1), math.max(0, end_column - start_column - #typed)
end

-- Takes the item from Neovim, which hides it, and hands it to `use`.
local function take(use)
  return vim.lsp.inline_completion.get({
    on_accept = function(item)
      local client = vim.lsp.get_client_by_id(item.client_id)
      if not client or client.name ~= 'fimd' then
        return item
      end
      use(client, item)
      return nil
    end,
  })
end

---@param unit string
---@return boolean shown
function M.accept(unit)
  return take(function(client, item)
    local bufnr = vim.api.nvim_get_current_buf()
    local rest, replaced = rest_of(item, bufnr)
    if rest then
      local ours = { insertText = item.insert_text, command = item.command }
      edit.accept(client, bufnr, ours, rest, replaced, unit)
    end
  end)
end

---@return boolean shown
function M.dismiss()
  return take(function(client, item)
    edit.execute(client, 'fimd.dismiss', item.command.arguments)
  end)
end

local function only_with_setup()
  vim.notify("fimd: this needs require('fimd').setup(), see :help fimd-neovim", vim.log.levels.WARN)
end

M.cycle = only_with_setup
M.trigger = only_with_setup

function M.detach() end

--- Neovim asks again at the next key.
function M.refresh() end

return M
