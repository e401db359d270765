// What the status bar item offers when it is clicked: the way out of a fault first.
import * as vscode from "vscode";

import type { State } from "./state";

interface Choice extends vscode.QuickPickItem {
  command: string;
  arguments?: unknown[];
}

const RESTART: Choice = { label: "$(debug-restart) Restart", command: "fimd.restart" };
const DOCTOR: Choice = { label: "$(pulse) Run doctor", command: "fimd.doctor" };
const LOG: Choice = { label: "$(output) Show log", command: "fimd.showLog" };
const STATS: Choice = { label: "$(graph) Show statistics", command: "fimd.showStats" };
const TOKEN: Choice = { label: "$(key) Set the endpoint's token", command: "fimd.setToken" };
const ENDPOINT: Choice = {
  label: "$(globe) Set the endpoint",
  command: "workbench.action.openSettings",
  arguments: ["fimd.endpoint"],
};
const PATH: Choice = {
  label: "$(folder) Say where fimd is",
  command: "workbench.action.openSettings",
  arguments: ["fimd.path"],
};
const HELP: Choice = { label: "$(book) How to get fimd", command: "fimd.help" };
const SETTINGS: Choice = {
  label: "$(settings-gear) All settings",
  command: "workbench.action.openSettings",
  arguments: ["@ext:fimd.fimd"],
};

const FIXES: Partial<Record<State["kind"], Choice[]>> = {
  missing: [HELP, PATH, RESTART],
  stopped: [RESTART, LOG],
  error: [DOCTOR, TOKEN, ENDPOINT],
  local: [ENDPOINT],
};

export async function showMenu(state: State, toggles: Choice[]): Promise<void> {
  const fixes = FIXES[state.kind] ?? [];
  const rest = [...toggles, STATS, LOG, DOCTOR, RESTART, ENDPOINT, TOKEN, SETTINGS];
  const choices = [...fixes, ...rest.filter((choice) => !fixes.includes(choice))];
  const picked = await vscode.window.showQuickPick(choices, { title: "fimd", placeHolder: headline(state) });
  if (picked) await vscode.commands.executeCommand(picked.command, ...(picked.arguments ?? []));
}

function headline(state: State): string {
  if ("problem" in state) return state.problem;
  return ("message" in state && state.message) || "What would you like to do?";
}
