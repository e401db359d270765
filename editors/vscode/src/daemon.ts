// The daemon's life: found, started, watched, started again. The completions themselves are the language client's.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import * as vscode from "vscode";
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
  State as ClientState,
  type LanguageClientOptions,
} from "vscode-languageclient/node";

import { findBinary } from "./binary";
import { Crashes } from "./crashes";
import { STATUS, type Status } from "./protocol";
import type { Settings } from "./settings";
import type { State } from "./state";
import type { Token } from "./token";

export interface Answer {
  document: vscode.TextDocument;
  items: vscode.InlineCompletionItem[];
}

const SELECTOR = ["file", "untitled", "vscode-notebook-cell"].map((scheme) => ({ scheme }));

export class Daemon {
  private client: LanguageClient | undefined;
  /** The process that was started last. */
  private child: ChildProcess | undefined;
  private readonly crashes = new Crashes();
  private givenUp = false;
  // Starts and stops one after the other, however fast the user is.
  private work: Promise<void> = Promise.resolve();
  private readonly changed = new vscode.EventEmitter<State>();
  readonly onDidChangeState = this.changed.event;
  private readonly answered = new vscode.EventEmitter<Answer>();
  /** VS Code is about to draw the first of these, if there is one. */
  readonly onDidAnswer = this.answered.event;

  constructor(
    private readonly extensionFolder: string,
    private readonly settings: Settings,
    private readonly token: Token,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get running(): boolean {
    return this.client?.isRunning() ?? false;
  }

  restart(): Promise<void> {
    this.giveUpStarting();
    this.work = this.work.then(async () => {
      await this.end();
      await this.start();
    });
    return this.work;
  }

  stop(): Promise<void> {
    this.giveUpStarting();
    this.work = this.work.then(() => this.end());
    return this.work;
  }

  /** What `fimd doctor` finds with the settings of this window. */
  async examine(): Promise<string> {
    const found = this.binary();
    if ("problem" in found) return `FAULT program    ${found.problem}\n`;
    const options = { env: await this.environment(), cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath };
    return new Promise((resolve) => {
      execFile(found.path, ["doctor"], options, (error, stdout, stderr) => {
        resolve(stdout || `FAULT program    ${found.path}: ${stderr || error?.message}\n`);
      });
    });
  }

  private binary() {
    return findBinary(this.settings.path, this.extensionFolder, process.env.PATH ?? "");
  }

  /** The settings or the files that are switched off have changed: fimd asks for them again. */
  async tellSettingsChanged(): Promise<void> {
    await this.notify(DidChangeConfigurationNotification.method, { settings: null });
  }

  async notify(method: string, params: object): Promise<void> {
    if (this.running) await this.client?.sendNotification(method, params);
  }

  async ask<Answer>(method: string, params: object): Promise<Answer | undefined> {
    return this.running ? this.client?.sendRequest<Answer>(method, params) : undefined;
  }

  /** One of fimd's own commands; nothing when it does not run. */
  async command<Answer>(command: string, ...args: string[]): Promise<Answer | undefined> {
    return this.ask<Answer>(ExecuteCommandRequest.method, { command, arguments: args });
  }

  private async start(): Promise<void> {
    const found = this.binary();
    if ("problem" in found) return this.changed.fire({ kind: "missing", ...found });
    this.changed.fire({ kind: "starting" });
    this.crashes.forget();
    this.givenUp = false;
    const client = new LanguageClient("fimd", "fimd", () => this.launch(), this.clientOptions());
    this.client = client;
    client.onNotification(STATUS, async (status: Status) => {
      await client.start(); // it is not ready before VS Code knows of it
      this.changed.fire(status);
    });
    await client.start().catch((error: Error) => {
      if (!this.givenUp) this.changed.fire({ kind: "stopped", problem: error.message });
    });
  }

  // A client that is just coming up cannot be stopped, and may wait for ever. Its process can.
  private giveUpStarting(): void {
    if (!this.client || this.running) return;
    this.givenUp = true;
    this.child?.kill("SIGKILL");
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.state === ClientState.Starting) await client.start().catch(() => {});
    await client?.dispose().catch(() => {});
  }

  private async launch(): Promise<ChildProcess> {
    const found = this.binary();
    if ("problem" in found) throw new Error(found.problem);
    this.log.info(`starting ${found.path}`);
    const child = spawn(found.path, ["--clientProcessId", String(process.pid)], { env: await this.environment() });
    await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    this.child = child;
    return child;
  }

  private async environment(): Promise<NodeJS.ProcessEnv> {
    return { ...process.env, ...this.settings.environment(), ...(await this.token.environment()) };
  }

  private clientOptions(): LanguageClientOptions {
    return {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: () => ({ ...this.settings.forDaemon(), status: true }),
      // The status bar says what is wrong; nothing pops up while somebody types.
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: this.afterCrash(), handled: true }),
      },
      middleware: {
        provideInlineCompletionItems: async (document, position, context, token, next) => {
          const answer = await next(document, position, context, token);
          const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
          if (!token.isCancellationRequested) this.answered.fire({ document, items });
          return answer;
        },
        workspace: { configuration: ({ items }) => items.map(() => this.settings.forDaemon()) },
      },
    };
  }

  private afterCrash(): CloseAction {
    if (this.givenUp) return CloseAction.DoNotRestart;
    if (this.crashes.add(Date.now())) {
      this.changed.fire({ kind: "starting" });
      return CloseAction.Restart;
    }
    this.changed.fire({ kind: "stopped", problem: "It ended five times within three minutes." });
    return CloseAction.DoNotRestart;
  }
}
