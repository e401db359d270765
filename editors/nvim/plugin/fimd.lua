-- What exists before fimd is used: one command and the <Plug> maps. Nothing starts, and no key is taken.
if vim.g.loaded_fimd then
  return
end
vim.g.loaded_fimd = true

vim.api.nvim_create_user_command('Fimd', function(arguments)
  require('fimd').command(arguments.args)
end, {
  nargs = '?',
  desc = 'fimd: status, toggle, restart, stats, why, log',
  complete = function(lead)
    return require('fimd').complete_command(lead)
  end,
})

for name, call in pairs({
  accept = 'accept',
  ['accept-word'] = 'accept_word',
  ['accept-line'] = 'accept_line',
  next = 'next',
  previous = 'previous',
  trigger = 'trigger',
  dismiss = 'dismiss',
}) do
  vim.keymap.set('i', '<Plug>(fimd-' .. name .. ')', function()
    require('fimd')[call]()
  end, { desc = 'fimd: ' .. name })
end
