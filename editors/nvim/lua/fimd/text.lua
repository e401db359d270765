-- Questions about the text of a suggestion. Pure.
local M = {}

local CHARACTER = '[%z\1-\127\194-\244][\128-\191]*'

--- What accepting one `unit` ("all", "line" or "word") of `text` inserts.
---@param text string
---@param unit string
---@return string part a head of `text`, empty only if `text` is
function M.part(text, unit)
  if unit == 'word' then
    return text:match('^%s*[%w_\128-\255]+') or text:match('^%s*[^%w_%s\128-\255]+') or text
  end
  return unit == 'line' and text:match('^\n*[^\n]+') or text
end

--- How to draw `line` around `replaced`, text after the cursor that `line` contains in its order: what goes
--- where, in bytes after the cursor.
---@param line string
---@param replaced string
---@return { offset: integer, text: string }[]? pieces nil if `line` does not contain `replaced`
function M.pieces(line, replaced)
  local pieces, offset, from = {}, 0, 1
  local function push(text)
    if text ~= '' then
      table.insert(pieces, { offset = offset, text = text })
    end
  end
  for character in replaced:gmatch(CHARACTER) do
    local at = line:find(character, from, true)
    if not at then
      return nil
    end
    push(line:sub(from, at - 1))
    offset, from = offset + #character, at + #character
  end
  push(line:sub(from))
  return pieces
end

--- The length of `text` in UTF-16 units, in which LSP's additions count.
---@param text string
---@return integer
function M.utf16_length(text)
  local _, units = vim.str_utfindex(text)
  return units
end

return M
