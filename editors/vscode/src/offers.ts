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
  // What was answered last, and which of these shows.
  private offers: Offer[] = [];
  private index = 0;

  constructor(private readonly daemon: Daemon) {
    daemon.onDidAnswer(({ document, items }) => this.answered(document, items));
  }

  /** Runs VS Code's command for a word or a line and says how far that went. */
  async acceptPart(command: string): Promise<void> {
    const offer = this.shown;
    await vscode.commands.executeCommand(command);
    const editor = vscode.window.activeTextEditor;
    if (!offer || editor?.document !== offer.document) return;
    const taken = offer.document.getText(new vscode.Range(offer.range.start, editor.selection.active));
    const length = acceptedLength(offer.item.insertText, taken);
    if (length > 0) await this.daemon.notify(DID_PARTIALLY_ACCEPT, { item: offer.item, acceptedLength: length });
  }

  /** Runs VS Code's command for another candidate; it asks for all of them before it goes on to the next one. */
  async cycle(command: string, step: 1 | -1): Promise<void> {
    await vscode.commands.executeCommand(command);
    const count = this.offers.length;
    if (count < 2) return;
    this.index = (this.index + step + count) % count;
    this.tellShown();
  }

  async dismiss(): Promise<void> {
    const id = this.shown?.item.command.arguments?.[0];
    this.offers = [];
    await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
    if (typeof id === "string") await this.daemon.command(DISMISS, id);
  }

  private get shown(): Offer | undefined {
    return this.offers[this.index];
  }

  // VS Code stays at the suggestion that it shows if that is among the new ones, else it shows the first.
  private answered(document: vscode.TextDocument, items: vscode.InlineCompletionItem[]): void {
    const last = this.shown;
    this.offers = items.filter((item) => item.range && item.command).map((item) => offerOf(document, item));
    const again = (offer: Offer) =>
      offer.item.insertText === last?.item.insertText && offer.range.start.isEqual(last.range.start);
    this.index = Math.max(0, this.offers.findIndex(again));
    this.tellShown();
  }

  private tellShown(): void {
    if (this.shown) void this.daemon.notify(DID_SHOW, { item: this.shown.item });
  }
}

function offerOf(document: vscode.TextDocument, item: vscode.InlineCompletionItem): Offer {
  return { document, range: item.range!, item: wireItem(item) };
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
