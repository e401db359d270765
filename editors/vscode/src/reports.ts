// Statistics and the doctor's findings, as read-only documents.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";

import type { Daemon } from "./daemon";
import { STATS, type Latency, type Stats } from "./protocol";
import type { State } from "./state";
import type { Token } from "./token";

const SCHEME = "fimd";

export class Reports implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly token: Token,
  ) {}

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
    const lines = [await this.program(), ...this.configured(), await this.tokenKept(), saidOf(state), await this.tried()];
    await this.show("fimd doctor.md", `# fimd: what works and what does not\n\n${lines.map((l) => `- ${l}\n`).join("")}`);
  }

  private async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: name });
    this.texts.set(uri.path, text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  private async program(): Promise<string> {
    const found = this.daemon.binary();
    if ("problem" in found) return `Program: MISSING. ${found.problem}`;
    try {
      const { stdout } = await promisify(execFile)(found.path, ["--version"], { timeout: 5000 });
      return `Program: ${found.path}, ${stdout.trim()}`;
    } catch (error) {
      return `Program: BROKEN. ${found.path} does not run: ${(error as Error).message}`;
    }
  }

  private configured(): string[] {
    const endpoint = vscode.workspace.getConfiguration("fimd").get("endpoint", "");
    const process = this.daemon.running ? `running, process ${this.daemon.pid}` : "NOT RUNNING";
    return [`Process: ${process}`, `Endpoint: ${endpoint || "not set here (its file, its environment, else your own text)"}`];
  }

  private async tokenKept(): Promise<string> {
    return `Token: ${(await this.token.isSet()) ? "kept in the secret storage" : "none kept"}`;
  }

  private async tried(): Promise<string> {
    const started = performance.now();
    const answer = await this.daemon
      .ask<{ items: { source: string }[] }>("fim/complete", { prefix: "def add(a, b):\n    return ", suffix: "\n", languageId: "python" })
      .catch(() => undefined);
    const ms = Math.round(performance.now() - started);
    const source = answer?.items[0]?.source;
    return source ? `Test completion: answered by ${source} in ${ms} ms` : `Test completion: NO ANSWER after ${ms} ms`;
  }
}

function saidOf(state: State): string {
  const message = ("message" in state && state.message) || ("problem" in state && state.problem);
  return `Status: ${state.kind}${message ? `, ${message}` : ""}`;
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
