vim9script
# The daemon: where it is, how it starts and comes back, what it is told and what it says.

import autoload 'fimd/document.vim'
import autoload 'fimd/ghost.vim'

# After this many ends within this time something is wrong that starting again does not mend.
const MAX_RESTARTS = 5
const RESTART_WINDOW_S = 180
const FIRST_DELAY_MS = 200

export var status: dict<any> = {kind: 'stopped'}

var job: job
var phase = 'stopped' # then 'starting' and 'running'; 'failed' waits for :Fimd restart
var stopping = false
var ends: list<number> = []

const PLUGIN_FOLDER = expand('<sfile>:p:h:h:h')

# A message that neither waits for a key nor moves the text.
export def Say(message: string)
  popup_notification('fimd: ' .. message, {time: 10000, highlight: 'WarningMsg'})
enddef

def SetStatus(told: dict<any>)
  status = told
  if exists('#User#FimdStatus')
    doautocmd <nomodeline> User FimdStatus
  endif
  redrawstatus!
enddef

# The path of the daemon: the setting, the one beside the plugin, the one in PATH; empty if there is none.
export def Program(): string
  for candidate in exists('g:fimd_path') ? [g:fimd_path] : [PLUGIN_FOLDER .. '/bin/fimd', 'fimd']
    if executable(candidate)
      return exepath(candidate)
    endif
  endfor
  return ''
enddef

export def LogFile(): string
  return get(g:, 'fimd_log_file', fnamemodify(tempname(), ':h') .. '/fimd.log')
enddef

export def Running(): bool
  return phase ==# 'running'
enddef

# No fault of ours may disturb typing, where Vim would stop to show it.
def Guarded(Reply: func(dict<any>), reply: dict<any>)
  try
    Reply(reply)
  catch
    Say('fault: ' .. v:exception .. ' at ' .. v:throwpoint)
  endtry
enddef

# Sends a request; `Reply` gets the whole answer, with `result` or `error`. Returns its id.
export def Request(method: string, params: any, Reply: func(dict<any>)): number
  var sent = ch_sendexpr(job, {method: method, params: params}, {callback: (_, reply) => Guarded(Reply, reply)})
  return type(sent) == v:t_dict ? get(sent, 'id', 0) : 0
enddef

export def Notify(method: string, params: dict<any>)
  if phase !=# 'stopped' && job_status(job) ==# 'run'
    ch_sendexpr(job, {method: method, params: params})
  endif
enddef

def Ignore(_: dict<any>)
enddef

export def Execute(command: string, arguments: list<any>, Reply: func(dict<any>) = Ignore)
  Request('workspace/executeCommand', {command: command, arguments: arguments}, Reply)
enddef

def Heard(_: channel, message: dict<any>)
  if has_key(message, 'id')
    ch_sendexpr(job, {id: message.id, result: v:null})
  elseif message.method ==# 'fimd/status'
    SetStatus(message.params)
  elseif message.method ==# 'window/showMessage'
    Say(message.params.message)
  endif
enddef

def Settings(): dict<any>
  return get(g:, 'fimd_settings', {})
enddef

def Initialized(reply: dict<any>)
  if has_key(reply, 'error')
    Say(reply.error.message)
    return
  endif
  phase = 'running'
  Notify('initialized', {})
  SetStatus({kind: 'ready'})
  ghost.Changed()
enddef

def Ended(_: job, code: number)
  document.ForgetAll()
  ghost.Forget()
  phase = 'stopped'
  if stopping
    stopping = false
    SetStatus({kind: 'stopped'})
    return
  endif
  var now = localtime()
  ends = ends->add(now)->filter((_, time) => now - time < RESTART_WINDOW_S)
  if len(ends) > MAX_RESTARTS
    phase = 'failed'
    SetStatus({kind: 'error', message: 'ends again and again; :Fimd log says why, :Fimd restart tries again'})
    Say(status.message)
    return
  endif
  phase = 'waiting'
  SetStatus({kind: 'error', message: 'ended, starts again'})
  timer_start(float2nr(FIRST_DELAY_MS * pow(2, len(ends) - 1)), (_) => Launch())
enddef

def Launch()
  var program = Program()
  if empty(program)
    phase = 'failed'
    SetStatus({kind: 'error', message: 'cannot find the program fimd'})
    Say("cannot find the program fimd. Install it, or set g:fimd_path; then :Fimd restart. See :help fimd-vim")
    return
  endif
  phase = 'starting'
  job = job_start([program], {
    in_mode: 'lsp',
    out_mode: 'lsp',
    err_io: 'file',
    err_name: LogFile(),
    noblock: 1,
    out_cb: Heard,
    exit_cb: Ended,
  })
  Request('initialize', {
    processId: getpid(),
    clientInfo: {name: 'Vim', version: string(v:versionlong)},
    rootUri: 'file://' .. getcwd(),
    capabilities: {
      general: {positionEncodings: ['utf-8']},
      textDocument: {inlineCompletion: {dynamicRegistration: false}},
    },
    initializationOptions: Settings()->copy()->extend({status: true}),
  }, Initialized)
enddef

# Starts the daemon unless it runs, or failed for good.
export def Start()
  if phase ==# 'stopped' && !stopping
    Launch()
  endif
enddef

export def Stop()
  if phase ==# 'starting' || phase ==# 'running'
    stopping = true
    job_stop(job)
  endif
enddef

# Ends the daemon and starts another one.
export def Restart()
  ends = []
  if phase ==# 'starting' || phase ==# 'running'
    job_stop(job)
  else
    Launch()
  endif
enddef

# Changes settings of the running daemon and of every later one.
export def Configure(settings: dict<any>)
  g:fimd_settings = Settings()->copy()->extend(settings)
  Notify('workspace/didChangeConfiguration', {settings: {fimd: settings}})
enddef

# Switches suggestions off or on again, and returns which.
export def Toggle(): bool
  var enabled = !get(Settings(), 'enabled', true)
  Configure({enabled: enabled})
  return enabled
enddef
