-- Ghost text by inline virtual text, for every Neovim since 0.10. It asks at every change and draws the answer;
-- when to ask the model, what to remember and what to leave out is the daemon's business. What is shown is
-- shortened while the user types through it, so that it never flickers before the next answer.
local edit = require('fimd.edit')
local text = require('fimd.text')
local api = vim.api

local M = {}

local INVOKED, AUTOMATIC = 1, 2
local namespace = api.nvim_create_namespace('fimd')

---@class fimd.Ghost one buffer's suggestion
---@field client vim.lsp.Client
---@field asked? string state of the buffer at the last request
---@field request? integer id of the last request
---@field turn integer counts requests: only the last one's answer is shown
---@field items lsp.InlineCompletionItem[]
---@field index integer
---@field invoked boolean whether `items` are all there are
---@field row? integer where the suggestion starts, from 0, in bytes
---@field column? integer
---@field before? string the line up to there
---@field tail? string the line after what the suggestion replaces
---@field seen table<string, true> ids that the daemon knows to be on the screen
---@type table<integer, fimd.Ghost>
local ghosts = {}

-- Neovim's own colours leave NonText as it is where a terminal has 256 of them: no ghost would be told from text.
local function highlight()
  local faint = api.nvim_get_hl(0, { name = 'NonText', link = false })
  api.nvim_set_hl(0, 'FimdGhost', { default = true, fg = faint.fg, ctermfg = faint.ctermfg or 8 })
end

local function inserting(bufnr)
  return api.nvim_get_current_buf() == bufnr and api.nvim_get_mode().mode:sub(1, 1) == 'i'
end

local function line_at(bufnr, row)
  return api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ''
end

-- The byte in `line` for a character of LSP's.
local function byte_at(line, character, encoding)
  if encoding == 'utf-8' then
    return math.min(character, #line)
  elseif vim.fn.has('nvim-0.11') == 1 then
    return vim.str_byteindex(line, encoding, character, false)
  end
  local ok, byte = pcall(vim.str_byteindex, line, character, encoding == 'utf-16')
  return ok and byte or #line
end

-- What of the suggestion is still to come, and the text after the cursor that it contains; nil when the user
-- has gone another way.
local function rest_of(bufnr)
  local ghost = ghosts[bufnr]
  local item = ghost and ghost.items[ghost.index]
  if not item or not inserting(bufnr) or line_at(bufnr, ghost.row):sub(1, ghost.column) ~= ghost.before then
    return nil
  end
  local row, column = unpack(api.nvim_win_get_cursor(0))
  row = row - 1
  if row < ghost.row or (row == ghost.row and column < ghost.column) then
    return nil
  end
  local typed = table.concat(api.nvim_buf_get_text(bufnr, ghost.row, ghost.column, row, column, {}), '\n')
  local line = line_at(bufnr, row)
  local replaced_end = #line - #ghost.tail
  if
    not vim.startswith(item.insertText, typed)
    or #typed == #item.insertText
    or replaced_end < column
    or line:sub(replaced_end + 1) ~= ghost.tail
  then
    return nil
  end
  return item.insertText:sub(#typed + 1), line:sub(column + 1, replaced_end)
end

local function clear(bufnr)
  api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
end

local function draw(bufnr, rest, replaced)
  local lines = vim.split(rest, '\n', { plain = true })
  local row, column = unpack(api.nvim_win_get_cursor(0))
  local below = {}
  for i = 2, #lines do
    table.insert(below, { { lines[i], 'FimdGhost' } })
  end
  local position = 'inline'
  local pieces = text.pieces(lines[1], replaced)
  if not pieces then
    -- What is replaced comes back on a later line: hide it here.
    local missing = vim.fn.strdisplaywidth(replaced) - vim.fn.strdisplaywidth(lines[1])
    pieces = { { offset = 0, text = lines[1] .. (' '):rep(missing) } }
    position = 'overlay'
  end
  for _, piece in ipairs(pieces) do
    api.nvim_buf_set_extmark(bufnr, namespace, row - 1, column + piece.offset, {
      virt_text = { { piece.text, 'FimdGhost' } },
      virt_text_pos = position,
      hl_mode = 'combine',
    })
  end
  if #below > 0 then
    api.nvim_buf_set_extmark(bufnr, namespace, row - 1, column, { virt_lines = below })
  end
end

local function tell_shown(ghost)
  local item = ghost.items[ghost.index]
  local id = item.command and item.command.arguments[1]
  if id and not ghost.seen[id] then
    ghost.seen[id] = true
    edit.notify(ghost.client, 'textDocument/didShowCompletion', { item = item })
  end
end

-- Draws what is left of the suggestion, if anything. A popup menu goes first: both at once cannot be read.
local function render(bufnr)
  clear(bufnr)
  local rest, replaced = rest_of(bufnr)
  if rest and vim.fn.pumvisible() == 0 then
    draw(bufnr, rest, replaced)
    tell_shown(ghosts[bufnr])
  end
end

local function forget(bufnr)
  local ghost = ghosts[bufnr]
  if ghost then
    ghost.items, ghost.index, ghost.asked = {}, 1, nil
    clear(bufnr)
  end
end

local function receive(bufnr, items, skip, invoked)
  local ghost = ghosts[bufnr]
  local index = #items > 0 and skip % #items + 1 or 1
  local item = items[index]
  if not item or not inserting(bufnr) then
    return forget(bufnr)
  end
  local encoding = ghost.client.offset_encoding
  local line = line_at(bufnr, item.range.start.line)
  ghost.items, ghost.index, ghost.invoked, ghost.seen = items, index, invoked, {}
  ghost.row = item.range.start.line
  ghost.column = byte_at(line, item.range.start.character, encoding)
  ghost.before = line:sub(1, ghost.column)
  ghost.tail = line:sub(byte_at(line, item.range['end'].character, encoding) + 1)
  render(bufnr)
end

local function ask(bufnr, kind, skip)
  local ghost = ghosts[bufnr]
  ghost.turn = ghost.turn + 1
  local turn = ghost.turn
  local params = vim.lsp.util.make_position_params(0, ghost.client.offset_encoding)
  params.context = { triggerKind = kind }
  local _, id = edit.request(ghost.client, 'textDocument/inlineCompletion', params, function(err, result)
    -- No result at all means that a newer request is on its way: what shows may stay.
    if not err and type(result) == 'table' and ghosts[bufnr] == ghost and ghost.turn == turn then
      receive(bufnr, result.items, skip, kind == INVOKED)
    end
  end, bufnr)
  ghost.request = id
end

local function changed(bufnr)
  local ghost = ghosts[bufnr]
  local row, column = unpack(api.nvim_win_get_cursor(0))
  local state = ('%d:%d:%d'):format(api.nvim_buf_get_changedtick(bufnr), row, column)
  if state ~= ghost.asked then
    ghost.asked = state
    render(bufnr)
    ask(bufnr, AUTOMATIC, 0)
  end
end

local function left(bufnr)
  local ghost = ghosts[bufnr]
  ghost.turn = ghost.turn + 1
  if ghost.request then
    edit.cancel(ghost.client, ghost.request)
    ghost.request = nil
  end
  forget(bufnr)
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attach(client, bufnr)
  highlight()
  ghosts[bufnr] = { client = client, items = {}, index = 1, invoked = false, seen = {}, turn = 0 }
  local group = api.nvim_create_augroup('fimd.ghost.' .. bufnr, {})
  local function on(events, action)
    api.nvim_create_autocmd(events, {
      group = group,
      buffer = bufnr,
      callback = function()
        action(bufnr)
      end,
    })
  end
  on({ 'InsertEnter', 'TextChangedI', 'CursorMovedI' }, changed)
  on({ 'TextChangedP', 'CompleteChanged' }, render)
  on({ 'InsertLeave', 'BufLeave' }, left)
  on({ 'BufUnload' }, M.detach)
  api.nvim_create_autocmd('ColorScheme', { group = group, callback = highlight })
  if inserting(bufnr) then
    changed(bufnr)
  end
end

---@param bufnr integer
function M.detach(bufnr)
  pcall(api.nvim_del_augroup_by_name, 'fimd.ghost.' .. bufnr)
  if api.nvim_buf_is_valid(bufnr) then
    clear(bufnr)
  end
  ghosts[bufnr] = nil
end

--- The daemon is back: what could not be asked while it was away is asked now.
function M.refresh()
  for bufnr, ghost in pairs(ghosts) do
    ghost.asked = nil
    if inserting(bufnr) then
      changed(bufnr)
    end
  end
end

--- Inserts a `unit` of what is shown. Expression maps may call this, too.
---@param unit string
---@return boolean shown
function M.accept(unit)
  local bufnr = api.nvim_get_current_buf()
  if not rest_of(bufnr) then
    return false
  end
  local function insert()
    local rest, replaced = rest_of(bufnr)
    if rest then
      local ghost = ghosts[bufnr]
      edit.accept(ghost.client, bufnr, ghost.items[ghost.index], rest, #replaced, unit)
      render(bufnr)
    end
  end
  -- Within an expression map text is locked: then it waits until the key is done.
  if not pcall(insert) then
    vim.schedule(insert)
  end
  return true
end

--- Shows another candidate, having asked for all of them once.
---@param count integer
function M.cycle(count)
  local bufnr = api.nvim_get_current_buf()
  local ghost = ghosts[bufnr]
  if ghost and ghost.invoked and #ghost.items > 0 then
    ghost.index = (ghost.index - 1 + count) % #ghost.items + 1
    render(bufnr)
  elseif ghost and inserting(bufnr) then
    ask(bufnr, INVOKED, count)
  end
end

function M.trigger()
  local bufnr = api.nvim_get_current_buf()
  if ghosts[bufnr] and inserting(bufnr) then
    ask(bufnr, INVOKED, 0)
  end
end

---@return boolean shown
function M.dismiss()
  local bufnr = api.nvim_get_current_buf()
  local shown = rest_of(bufnr) ~= nil
  if shown then
    local ghost = ghosts[bufnr]
    local item = ghost.items[ghost.index]
    ghost.items = {}
    clear(bufnr)
    edit.execute(ghost.client, 'fimd.dismiss', item.command.arguments)
  end
  return shown
end

---@return boolean
function M.visible()
  return rest_of(api.nvim_get_current_buf()) ~= nil
end

return M
