// On and off: everywhere, for a language, for one file. The daemon does the leaving out.
import * as vscode from "vscode";

import type { Settings } from "./settings";

export class Toggles {
  constructor(
    private readonly settings: Settings,
    private readonly changed: () => void,
  ) {}

  async everywhere(): Promise<void> {
    await this.settings.setEnabled(!this.settings.enabled);
  }

  async language(): Promise<void> {
    const language = activeDocument()?.languageId;
    if (!language) return;
    await this.settings.switchLanguage(language, !this.settings.disabledLanguages.includes(language));
  }

  async file(): Promise<void> {
    const path = activeDocument()?.uri.path;
    if (!path) return;
    await this.settings.switchFile(path, !this.settings.filesOff.includes(path));
    this.changed();
  }

  /** As entries of the menu. */
  choices() {
    const document = activeDocument();
    const { enabled, disabledLanguages, filesOff } = this.settings;
    const everywhere = { label: `$(circle-slash) Switch ${enabled ? "off" : "on"} everywhere`, command: "fimd.toggle" };
    if (!document || !enabled) return [everywhere];
    const language = onOrOff(disabledLanguages.includes(document.languageId));
    const file = onOrOff(filesOff.includes(document.uri.path));
    return [
      everywhere,
      { label: `$(code) Switch ${language} for ${document.languageId}`, command: "fimd.toggleLanguage" },
      { label: `$(file) Switch ${file} for this file`, command: "fimd.toggleFile" },
    ];
  }
}

function onOrOff(isOff: boolean): string {
  return isOff ? "on" : "off";
}

function activeDocument(): vscode.TextDocument | undefined {
  return vscode.window.activeTextEditor?.document;
}
