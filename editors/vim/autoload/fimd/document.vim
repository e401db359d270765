vim9script
# The files that are open in Vim, as the daemon knows them. Lines are sent with \n after each, in UTF-8.

import autoload 'fimd/client.vim'

# By buffer number: version, lines (how many the daemon has), listener.
var opened: dict<dict<any>> = {}

export def Uri(buffer: number): string
  var path = bufname(buffer)->fnamemodify(':p')
  if empty(path)
    return 'untitled:Untitled-' .. buffer
  endif
  const Byte = (byte) => printf('%%%02X', char2nr(byte))
  const Encode = (found) => range(len(found[0]))->mapnew((_, i) => Byte(strpart(found[0], i, 1)))->join('')
  return 'file://' .. substitute(path, '[^A-Za-z0-9/._~-]', Encode, 'g')
enddef

def Text(buffer: number, first: number, last: number): string
  return first > last ? '' : join(getbufline(buffer, first, last), "\n") .. "\n"
enddef

def LineCount(buffer: number): number
  return getbufinfo(buffer)[0].linecount
enddef

def Send(buffer: number, change: dict<any>)
  var document = opened[buffer]
  document.lines = LineCount(buffer)
  ++document.version
  client.Notify('textDocument/didChange', {
    textDocument: {uri: document.uri, version: document.version},
    contentChanges: [change],
  })
enddef

# One edit for all that changed: the lines above and below that no change touched stay as they are.
def Listen(buffer: number, _: number, _: number, _: number, changes: list<dict<number>>)
  if !has_key(opened, buffer)
    return
  endif
  var total = opened[buffer].lines
  var above = total
  var below = total
  for change in changes
    above = min([above, change.lnum - 1])
    below = min([below, total - change.end + 1])
    total += change.added
  endfor
  below = max([0, min([below, opened[buffer].lines - above])])
  Send(buffer, {
    range: {start: {line: above, character: 0}, end: {line: opened[buffer].lines - below, character: 0}},
    text: Text(buffer, above + 1, total - below),
  })
enddef

# Brings the daemon up to date; opens the file if it does not know it.
export def Flush(buffer: number)
  if has_key(opened, buffer)
    listener_flush(buffer)
    return
  endif
  opened[buffer] = {
    uri: Uri(buffer),
    version: 1,
    lines: LineCount(buffer),
    listener: listener_add(Listen, buffer),
  }
  client.Notify('textDocument/didOpen', {
    textDocument: {
      uri: opened[buffer].uri,
      languageId: getbufvar(buffer, '&filetype'),
      version: 1,
      text: Text(buffer, 1, opened[buffer].lines),
    },
  })
enddef

# Vim read the file again; listeners do not hear of that.
export def Reread(buffer: number)
  if has_key(opened, buffer)
    Send(buffer, {text: Text(buffer, 1, LineCount(buffer))})
  endif
enddef

export def Close(buffer: number)
  if has_key(opened, buffer)
    var document = remove(opened, string(buffer))
    listener_remove(document.listener)
    client.Notify('textDocument/didClose', {textDocument: {uri: document.uri}})
  endif
enddef

# The daemon has ended: the next one knows nothing.
export def ForgetAll()
  for document in values(opened)
    listener_remove(document.listener)
  endfor
  opened = {}
enddef
