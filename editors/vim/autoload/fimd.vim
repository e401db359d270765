vim9script
# fimd for Vim: what users, maps, events and statuslines call. `:help fimd` describes it.

import autoload 'fimd/client.vim'
import autoload 'fimd/document.vim'
import autoload 'fimd/ghost.vim'

var faults = 0

# Every event comes through here, so that no fault of ours ever disturbs typing.
export def Event(name: string)
  if faults >= 3
    return
  endif
  try
    if name ==# 'Changed'
      client.Start()
      ghost.Changed()
    elseif name ==# 'Render'
      ghost.Render()
    elseif name ==# 'Left'
      ghost.Left()
    elseif name ==# 'Reread'
      document.Reread(bufnr())
    elseif name ==# 'Close'
      document.Close(str2nr(expand('<abuf>')))
    elseif name ==# 'Stop'
      client.Stop()
    endif
  catch
    ++faults
    client.Say('fault: ' .. v:exception .. ' at ' .. v:throwpoint)
  endtry
enddef

# Inserts what is shown: unit is 'all', 'word' or 'line'.
export def Accept(unit: string)
  ghost.Accept(unit)
enddef

export def Cycle(count: number)
  ghost.Cycle(count)
enddef

# Asks now, for up to three candidates, also where fimd would stay silent by itself.
export def Trigger()
  client.Start()
  ghost.Trigger()
enddef

export def Dismiss()
  ghost.Dismiss()
enddef

# Whether a suggestion shows, for maps that share a key.
export def Visible(): bool
  return ghost.Visible()
enddef

# What `fimd/status` said last: kind, message, callsToday, tokensToday.
export def Status(): dict<any>
  return client.status
enddef

const WORDS = {ready: 'fimd', busy: 'fimd …', local: 'fimd local', off: 'fimd off', error: 'fimd !'}

# A few characters for a statusline; empty while fimd does not run.
export def Statusline(): string
  return get(WORDS, client.status.kind, '')
enddef

def Lines(values: dict<any>, prefix = ''): list<string>
  var lines: list<string> = []
  for name in values->keys()->sort()
    if type(values[name]) == v:t_dict
      lines += Lines(values[name], prefix .. name .. '.')
    else
      lines->add(printf('%-40s %s', prefix .. name, values[name]))
    endif
  endfor
  return lines
enddef

def Ask(command: string, Show: func(dict<any>))
  if !client.Running()
    echo 'fimd: not running'
    return
  endif
  client.Execute(command, [], (reply) => {
    if has_key(reply, 'error')
      client.Say(reply.error.message)
    else
      Show(reply.result)
    endif
  })
enddef

def CloseOnKey(popup: number, _: string): bool
  popup_close(popup)
  return true
enddef

def ShowStats(result: dict<any>)
  popup_dialog(Lines(result), {title: ' fimd ', filter: CloseOnKey})
enddef

def ShowReason(result: dict<any>)
  echo 'fimd: ' .. (empty(result.reason) ? 'the last request got a suggestion' : result.reason)
enddef

def ToldStatus()
  var message = get(client.status, 'message', '')
  echo 'fimd: ' .. client.status.kind .. (empty(message) ? '' : ': ' .. message)
enddef

const COMMANDS = ['log', 'restart', 'stats', 'status', 'toggle', 'why']

# `:Fimd {name}`; without a name, the status.
export def Command(name: string)
  if name ==# '' || name ==# 'status'
    ToldStatus()
  elseif name ==# 'toggle'
    echo client.Toggle() ? 'fimd: on' : 'fimd: off'
    ghost.Forget()
  elseif name ==# 'restart'
    client.Restart()
  elseif name ==# 'stats'
    Ask('fimd.stats', ShowStats)
  elseif name ==# 'why'
    Ask('fimd.why', ShowReason)
  elseif name ==# 'log'
    execute 'tabnew' fnameescape(client.LogFile())
  else
    echo 'fimd: no command ' .. name .. '; there are ' .. join(COMMANDS, ', ')
  endif
enddef

export def CompleteCommand(lead: string, _: string, _: number): list<string>
  return COMMANDS->copy()->filter((_, name) => stridx(name, lead) == 0)
enddef
