vim9script
# Ghost text as virtual text. It asks at every change and draws the answer; when to ask the model, what to remember
# and what to leave out is the daemon's business. What is shown is shortened while the user types through it, so
# that it never flickers before the next answer.

import autoload 'fimd/client.vim'
import autoload 'fimd/document.vim'
import autoload 'fimd/text.vim'

const INVOKED = 1
const AUTOMATIC = 2

var buffer = 0 # whose suggestion this is
var items: list<dict<any>> = []
var chosen = 0
var invoked = false # whether `items` are all there are
var start_line = 0 # where the suggestion starts: line from 1, byte from 0
var start_column = 0
var before = '' # the line up to there
var tail = '' # the line after what the suggestion replaces
var seen: dict<bool> = {} # ids that the daemon knows to be on the screen
var asked = '' # state of the buffer at the last request
var request_id = 0
var turn = 0 # counts requests: only the last one's answer is shown

highlight default link FimdGhost NonText
if empty(prop_type_get('fimd'))
  prop_type_add('fimd', {highlight: 'FimdGhost', override: true})
endif

def Inserting(): bool
  return mode() =~# '^i'
enddef

# What of the suggestion is still to come and the text after the cursor that it contains; [] when the user has gone
# another way.
def Rest(): list<string>
  if chosen >= len(items) || !Inserting() || bufnr() != buffer || strpart(getline(start_line), 0, start_column) !=# before
    return []
  endif
  var here = line('.')
  var cursor = col('.') - 1
  if here < start_line || (here == start_line && cursor < start_column)
    return []
  endif
  var lines = getline(start_line, here)
  var current = lines[-1]
  lines[-1] = strpart(current, 0, cursor)
  lines[0] = strpart(lines[0], start_column)
  var typed = join(lines, "\n")
  var whole = items[chosen].insertText
  var replaced_end = len(current) - len(tail)
  if strpart(whole, 0, len(typed)) !=# typed || typed ==# whole || replaced_end < cursor
      || strpart(current, replaced_end) !=# tail
    return []
  endif
  return [strpart(whole, len(typed)), strpart(current, cursor, replaced_end - cursor)]
enddef

def Clear()
  if bufexists(buffer) && bufloaded(buffer)
    prop_remove({type: 'fimd', bufnr: buffer, all: true})
  endif
enddef

def Draw(rest: string, replaced: string)
  var lines = rest->substitute("\t", repeat(' ', &tabstop), 'g')->split("\n", true)
  for [offset, piece] in text.Pieces(lines[0], replaced)
    prop_add(line('.'), col('.') + offset, {type: 'fimd', text: piece})
  endfor
  for below in lines[1 :]
    prop_add(line('.'), 0, {type: 'fimd', text: below ?? ' ', text_align: 'below'})
  endfor
enddef

def TellShown()
  var id = items[chosen].command.arguments[0]
  if !has_key(seen, id)
    seen[id] = true
    client.Notify('textDocument/didShowCompletion', {item: items[chosen]})
  endif
enddef

# Draws what is left of the suggestion, if anything. A popup menu goes first: both at once cannot be read.
export def Render()
  Clear()
  var rest = Rest()
  if !empty(rest) && !pumvisible()
    Draw(rest[0], rest[1])
    TellShown()
  endif
enddef

export def Forget()
  Clear()
  items = []
  asked = ''
enddef

def Receive(list: list<dict<any>>, skip: number, all: bool)
  if empty(list) || !Inserting()
    Forget()
    return
  endif
  Clear()
  items = list
  chosen = (skip % len(list) + len(list)) % len(list)
  invoked = all
  seen = {}
  buffer = bufnr()
  var range = items[chosen].range
  start_line = range.start.line + 1
  start_column = range.start.character
  before = strpart(getline(start_line), 0, start_column)
  tail = strpart(getline(start_line), range.end.character)
  Render()
enddef

def Ask(kind: number, skip: number)
  var here = bufnr()
  document.Flush(here)
  ++turn
  var mine = turn
  request_id = client.Request('textDocument/inlineCompletion', {
    textDocument: {uri: document.Uri(here)},
    position: {line: line('.') - 1, character: col('.') - 1},
    context: {triggerKind: kind},
  }, (reply) => {
    # No result at all means that a newer request is on its way: what shows may stay.
    if type(get(reply, 'result', v:null)) == v:t_dict && mine == turn && here == bufnr()
      Receive(reply.result.items, skip, kind == INVOKED)
      redraw
    endif
  })
enddef

# The text or the cursor moved.
export def Changed()
  var state = printf('%d:%d:%d:%d', bufnr(), b:changedtick, line('.'), col('.'))
  if state ==# asked || !Inserting() || !empty(&buftype)
    return
  endif
  Render()
  if client.Running()
    asked = state
    Ask(AUTOMATIC, 0)
  endif
enddef

# Insertion is over.
export def Left()
  ++turn
  if request_id > 0 && client.Running()
    client.Notify('$/cancelRequest', {id: request_id})
  endif
  request_id = 0
  Forget()
enddef

def Insert(inserted: string, replaced: string)
  var current = getline('.')
  var cursor = col('.') - 1
  var lines = split(inserted, "\n", true)
  var length = len(lines[-1])
  var last = line('.') + len(lines) - 1
  var at = len(lines) == 1 ? cursor + length : length
  lines[0] = strpart(current, 0, cursor) .. lines[0]
  lines[-1] ..= strpart(current, cursor + len(replaced))
  # Setting the option, to whatever, closes the undo block.
  &l:undolevels = &l:undolevels
  append('.', lines[1 :])
  setline('.', lines[0])
  cursor(last, at + 1)
enddef

# Inserts a unit of what is shown and says so to the daemon.
export def Accept(unit: string)
  var shown = Rest()
  if empty(shown)
    return
  endif
  var [rest, replaced] = shown
  var item = items[chosen]
  var part = text.Part(rest, unit)
  Clear()
  if part ==# rest
    Insert(part, replaced)
    document.Flush(bufnr())
    client.Execute(item.command.command, item.command.arguments)
  else
    Insert(part, '')
    document.Flush(bufnr())
    client.Notify('textDocument/didPartiallyAcceptCompletion', {
      item: item,
      acceptedLength: text.Utf16Length(strpart(item.insertText, 0, len(item.insertText) - len(rest) + len(part))),
    })
    Render()
  endif
enddef

# Shows another candidate, having asked for all of them once.
export def Cycle(count: number)
  if invoked && !empty(items)
    chosen = (chosen + count + len(items)) % len(items)
    Render()
  elseif client.Running() && Inserting()
    Ask(INVOKED, count)
  endif
enddef

export def Trigger()
  if client.Running() && Inserting()
    Ask(INVOKED, 0)
  endif
enddef

export def Dismiss()
  if Visible()
    var dismissed = items[chosen].command.arguments
    Clear()
    items = []
    client.Execute('fimd.dismiss', dismissed)
  endif
enddef

export def Visible(): bool
  return !empty(Rest())
enddef
