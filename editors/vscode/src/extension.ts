// Builds the parts and ties them together. Policy lives in the daemon, drawing in VS Code; this is what lies between.
import * as vscode from "vscode";

import { Daemon } from "./daemon";
import { showMenu } from "./menu";
import { Offers } from "./offers";
import { Reports } from "./reports";
import { Settings } from "./settings";
import type { State } from "./state";
import { StatusBar } from "./status_bar";
import { Toggles } from "./toggles";
import { Token } from "./token";

let daemon: Daemon | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("fimd", { log: true });
  const settings = new Settings(context.workspaceState);
  const token = new Token(context.secrets);
  const running = new Daemon(context.extensionPath, settings, token, log);
  daemon = running;
  const offers = new Offers(running);
  const bar = new StatusBar(settings);
  const reports = new Reports(running);
  const toggles = new Toggles(settings, () => {
    void running.tellSettingsChanged();
    bar.refresh();
  });

  const commands: Record<string, () => unknown> = {
    "fimd.trigger": () => vscode.commands.executeCommand("editor.action.inlineSuggest.trigger"),
    "fimd.acceptWord": () => offers.acceptPart("editor.action.inlineSuggest.acceptNextWord"),
    "fimd.acceptLine": () => offers.acceptPart("editor.action.inlineSuggest.acceptNextLine"),
    "fimd.next": () => offers.cycle("editor.action.inlineSuggest.showNext", 1),
    "fimd.previous": () => offers.cycle("editor.action.inlineSuggest.showPrevious", -1),
    "fimd.dismiss": () => offers.dismiss(),
    "fimd.toggle": () => toggles.everywhere(),
    "fimd.toggleLanguage": () => toggles.language(),
    "fimd.toggleFile": () => toggles.file(),
    "fimd.restart": () => running.restart(),
    "fimd.showLog": () => log.show(),
    "fimd.showStats": () => reports.showStats(),
    "fimd.setToken": () => token.ask(),
    "fimd.doctor": () => reports.runDoctor(bar.state),
    "fimd.help": () => vscode.commands.executeCommand("workbench.action.openWalkthrough", "fimd.fimd#start", false),
    "fimd.menu": () => showMenu(bar.state, toggles.choices()),
  };
  context.subscriptions.push(
    log,
    bar,
    reports.register(),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
    running.onDidChangeState((state) => {
      bar.show(state);
      explain(state);
    }),
    token.onDidChange(() => running.restart()),
    // fimd learns of the folders, and reads their .fimdignore, when a session begins.
    vscode.workspace.onDidChangeWorkspaceFolders(() => running.restart()),
    vscode.window.onDidChangeActiveTextEditor(() => bar.refresh()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      bar.refresh();
      // What the program takes at its start only. The rest it asks for by itself.
      const restarts = ["fimd.path", "fimd.logLevel"].some((name) => event.affectsConfiguration(name));
      if (restarts) void running.restart();
    }),
  );
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await daemon?.stop();
}

// Said once when it happens, with the way out; the status bar goes on saying it.
function explain(state: State): void {
  if (state.kind !== "missing" && state.kind !== "stopped") return;
  const start = state.kind === "missing" ? "How to get fimd" : "Restart";
  const command = state.kind === "missing" ? "fimd.help" : "fimd.restart";
  void vscode.window.showErrorMessage(`fimd: ${state.problem}`, start, "Show log").then((picked) => {
    if (picked === start) void vscode.commands.executeCommand(command);
    if (picked === "Show log") void vscode.commands.executeCommand("fimd.showLog");
  });
}
