vim9script
# Questions about the text of a suggestion. Pure.

# What accepting one unit ('all', 'line' or 'word') of `text` inserts: a head of it, empty only if it is.
export def Part(text: string, unit: string): string
  if unit ==# 'word'
    var word = matchstr(text, '^\_s*\%(\k\|\w\|[^\x00-\x7f]\)\+')
    return empty(word) ? matchstr(text, '^\_s*[^[:space:][:alnum:]_]*') ?? text : word
  endif
  return unit ==# 'line' ? matchstr(text, '^\n*[^\n]\+') ?? text : text
enddef

# How to draw `line` around `replaced`, text after the cursor that `line` contains in its order: what goes where,
# as [bytes after the cursor, text]. What the line lacks of `replaced` comes on a later line, and stays to the right.
export def Pieces(line: string, replaced: string): list<list<any>>
  var pieces: list<list<any>> = []
  var offset = 0
  var from = 0
  for character in split(replaced, '\zs')
    var at = stridx(line, character, from)
    if at < 0
      return [[0, line]]
    endif
    pieces->add([offset, strpart(line, from, at - from)])
    offset += len(character)
    from = at + len(character)
  endfor
  pieces->add([offset, strpart(line, from)])
  return pieces->filter((_, piece) => piece[1] !=# '')
enddef

# The length of `text` in UTF-16 units, in which LSP's additions count.
export def Utf16Length(text: string): number
  return strchars(text) + strchars(substitute(text, '[^\U10000-\U10ffff]', '', 'g'))
enddef
