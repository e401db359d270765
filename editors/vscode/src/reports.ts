// Statistics and the doctor's findings, as read-only documents.
import * as vscode from "vscode";

import type { Daemon } from "./daemon";
import { STATS, type Latency, type Stats } from "./protocol";
import type { State } from "./state";

const SCHEME = "fimd";

export class Reports implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly daemon: Daemon) {}

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? "";
  }

  async showStats(): Promise<void> {
    const stats = await this.daemon.command<Stats>(STATS);
    await this.show("fimd statistics.md", stats ? statsText(stats) : "fimd is not running.\n");
  }

  async runDoctor(state: State): Promise<void> {
    const process = this.daemon.running ? `running, process ${this.daemon.pid}` : "not running";
    const here = [found(this.daemon.running, "process", process), found(!isFault(state), "status", saidOf(state))];
    await this.show("fimd doctor.txt", `${await this.daemon.examine()}\nIn this window:\n${here.join("")}`);
  }

  private async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: name });
    this.texts.set(uri.path, text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }
}

// As `fimd doctor` puts it.
function found(fine: boolean, about: string, text: string): string {
  return `${(fine ? "ok" : "FAULT").padEnd(5)} ${about.padEnd(10)} ${text}\n`;
}

function isFault(state: State): boolean {
  return ["error", "missing", "stopped"].includes(state.kind);
}

function saidOf(state: State): string {
  const message = ("message" in state && state.message) || ("problem" in state && state.problem);
  return message ? `${state.kind}: ${message}` : state.kind;
}

function statsText(stats: Stats): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `- ${name}: ${count}\n`)
      .join("");
  const latency = ({ count, p50Ms, p90Ms }: Latency) =>
    count === 0 ? "none yet" : `${p50Ms.toFixed(1)} ms at the median, ${p90Ms.toFixed(1)} ms at p90`;
  return `# fimd since it started

- Requests: ${stats.requests}
- Suggestions: ${stats.shown} shown, ${stats.accepted} accepted, ${stats.partlyAccepted} in part, ${stats.dismissed} dismissed
- Answers: ${latency(stats.answerLatency)}
- Calls to the endpoint: ${stats.calls}, ${stats.failedCalls} failed; ${latency(stats.callLatency)}
- Tokens: ${stats.promptTokens} sent, ${stats.completionTokens} received

## Answered by
${list(stats.answered)}
## Nothing shown, because
${list(stats.silent)}`;
}
