// The status bar item: how fimd is doing, and, with one click, what to do about it.
import * as vscode from "vscode";

import type { Settings } from "./settings";
import { lookOf, markdown, type State } from "./state";

const BACKGROUNDS = {
  none: undefined,
  warning: new vscode.ThemeColor("statusBarItem.warningBackground"),
  error: new vscode.ThemeColor("statusBarItem.errorBackground"),
};

export class StatusBar {
  private readonly item = vscode.window.createStatusBarItem("fimd.status", vscode.StatusBarAlignment.Right, 100);
  state: State = { kind: "starting" };

  constructor(private readonly settings: Settings) {
    this.item.name = "fimd";
    this.item.command = "fimd.menu";
    this.show(this.state);
    this.item.show();
  }

  show(state: State): void {
    this.state = state;
    const look = lookOf(state, this.offHere());
    this.item.text = look.text;
    this.item.backgroundColor = BACKGROUNDS[look.alarm];
    this.item.tooltip = new vscode.MarkdownString(markdown(look.lines));
    this.item.accessibilityInformation = { label: look.lines.map((line) => line.replace(/\.$/, "")).join(". "), role: "button" };
  }

  /** Another editor, or other settings: the same state may look different. */
  refresh(): void {
    this.show(this.state);
  }

  dispose(): void {
    this.item.dispose();
  }

  private offHere(): string | undefined {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !this.settings.enabled) return undefined;
    if (this.settings.disabledLanguages.includes(document.languageId)) return `switched off for ${document.languageId}`;
    return this.settings.filesOff.includes(document.uri.path) ? "switched off for this file" : undefined;
  }
}
