// What became of a suggestion: shown, partly accepted, dismissed. VS Code tells a provider none of it, so the keys for
// these go through our commands. Accepting all of it needs nothing: the suggestion's own command reports that.
import * as vscode from "vscode";

import { acceptedLength } from "./accepted";
import type { Daemon } from "./daemon";
import { DID_PARTIALLY_ACCEPT, DID_SHOW, DISMISS, type Item } from "./protocol";


interface Offer {
  document: vscode.TextDocument;
  range: vscode.Range;
  item: Item;
}

export class Offers {
  private offer: Offer | undefined;

  constructor(private readonly daemon: Daemon) {
    daemon.onDidAnswer(({ document, items }) => this.offered(document, items[0]));
  }

  /** Runs VS Code's command for a word or a line and says how far that went. */
  async acceptPart(command: string): Promise<void> {
    const offer = this.offer;
    await vscode.commands.executeCommand(command);
    const editor = vscode.window.activeTextEditor;
    if (!offer || editor?.document !== offer.document) return;
    const taken = offer.document.getText(new vscode.Range(offer.range.start, editor.selection.active));
    const length = acceptedLength(offer.item.insertText, taken);
    if (length > 0) await this.daemon.notify(DID_PARTIALLY_ACCEPT, { item: offer.item, acceptedLength: length });
  }

  async dismiss(): Promise<void> {
    const id = this.offer?.item.command.arguments?.[0];
    this.offer = undefined;
    await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
    if (typeof id === "string") await this.daemon.command(DISMISS, id);
  }

  private offered(document: vscode.TextDocument, first: vscode.InlineCompletionItem | undefined): void {
    this.offer = first?.range && first.command ? { document, range: first.range, item: wireItem(first) } : undefined;
    if (this.offer) void this.daemon.notify(DID_SHOW, { item: this.offer.item });
  }
}

function wireItem(item: vscode.InlineCompletionItem): Item {
  const { start, end } = item.range!;
  const text = typeof item.insertText === "string" ? item.insertText : item.insertText.value;
  return {
    insertText: text,
    range: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
    command: { title: item.command!.title, command: item.command!.command, arguments: item.command!.arguments },
  };
}
