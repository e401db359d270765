// The types of LSP for each message on the editor wire that LSP knows. messages.mjs makes validators of them.
import type {
  ConfigurationParams,
  DidChangeConfigurationParams,
  DidChangeTextDocumentParams,
  DidChangeWatchedFilesParams,
  DidChangeWorkspaceFoldersParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
  DidSaveTextDocumentParams,
  ExecuteCommandParams,
  InitializeParams,
  InitializeResult,
  InitializedParams,
  InlineCompletionList,
  InlineCompletionParams,
  LogMessageParams,
  LogTraceParams,
  ProgressToken,
  RegistrationParams,
  SetTraceParams,
  ShowMessageParams,
  WorkDoneProgressBegin,
  WorkDoneProgressCreateParams,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from 'vscode-languageserver-protocol';

interface Progress {
  token: ProgressToken;
  value: WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;
}

export interface Params {
  initialize: InitializeParams;
  initialized: InitializedParams;
  '$/cancelRequest': { id: number | string };
  '$/setTrace': SetTraceParams;
  '$/logTrace': LogTraceParams;
  '$/progress': Progress;
  'textDocument/didOpen': DidOpenTextDocumentParams;
  'textDocument/didChange': DidChangeTextDocumentParams;
  'textDocument/didSave': DidSaveTextDocumentParams;
  'textDocument/didClose': DidCloseTextDocumentParams;
  'textDocument/inlineCompletion': InlineCompletionParams;
  'workspace/executeCommand': ExecuteCommandParams;
  'workspace/didChangeConfiguration': DidChangeConfigurationParams;
  'workspace/didChangeWatchedFiles': DidChangeWatchedFilesParams;
  'workspace/didChangeWorkspaceFolders': DidChangeWorkspaceFoldersParams;
  'workspace/configuration': ConfigurationParams;
  'client/registerCapability': RegistrationParams;
  'window/workDoneProgress/create': WorkDoneProgressCreateParams;
  'window/logMessage': LogMessageParams;
  'window/showMessage': ShowMessageParams;
}

export interface Results {
  initialize: InitializeResult;
  // LSP allows a bare array too; fimd always answers with the object.
  'textDocument/inlineCompletion': InlineCompletionList | null;
  shutdown: null;
}
