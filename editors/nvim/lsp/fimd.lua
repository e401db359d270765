-- Found by Neovim 0.11 and newer: `vim.lsp.enable('fimd')` is all it takes. For 0.10 and for options: `:help fimd`.
return require('fimd.client').config()
