vim9script
# What exists before fimd is used: one command, the <Plug> maps and the events that start it at the first insertion.
# No key is taken.

if exists('g:loaded_fimd')
  finish
endif
g:loaded_fimd = true

if !has('patch-9.0.1') || !has('channel') || !has('job') || !has('textprop') || &encoding !=# 'utf-8'
  command! -nargs=? Fimd echo 'fimd needs Vim 9 with +channel, +job and +textprop, and encoding=utf-8'
  finish
endif

command! -nargs=? -complete=customlist,fimd#CompleteCommand Fimd fimd#Command(<q-args>)

inoremap <silent> <Plug>(fimd-accept) <Cmd>call fimd#Accept('all')<CR>
inoremap <silent> <Plug>(fimd-accept-word) <Cmd>call fimd#Accept('word')<CR>
inoremap <silent> <Plug>(fimd-accept-line) <Cmd>call fimd#Accept('line')<CR>
inoremap <silent> <Plug>(fimd-next) <Cmd>call fimd#Cycle(1)<CR>
inoremap <silent> <Plug>(fimd-previous) <Cmd>call fimd#Cycle(-1)<CR>
inoremap <silent> <Plug>(fimd-trigger) <Cmd>call fimd#Trigger()<CR>
inoremap <silent> <Plug>(fimd-dismiss) <Cmd>call fimd#Dismiss()<CR>

augroup fimd
  autocmd!
  autocmd InsertEnter,TextChangedI,CursorMovedI * fimd#Event('Changed')
  autocmd TextChangedP,CompleteChanged * fimd#Event('Render')
  autocmd InsertLeave,BufLeave * fimd#Event('Left')
  autocmd BufReadPost * fimd#Event('Reread')
  autocmd BufUnload * fimd#Event('Close')
  autocmd VimLeavePre * fimd#Event('Stop')
augroup END
