// The daemon's life: found, started, watched, started again. The completions themselves are the language client's.
import { spawn, type ChildProcess } from "node:child_process";
import * as vscode from "vscode";
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
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
  /** Of the process that was started last. */
  pid: number | undefined;
  private readonly crashes = new Crashes();
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

  get running(): boolean {
    return this.client?.isRunning() ?? false;
  }

  restart(): Promise<void> {
    this.work = this.work.then(async () => {
      await this.end();
      await this.start();
    });
    return this.work;
  }

  stop(): Promise<void> {
    this.work = this.work.then(() => this.end());
    return this.work;
  }

  binary() {
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
    const client = new LanguageClient("fimd", "fimd", () => this.launch(), this.clientOptions());
    this.client = client;
    client.onNotification(STATUS, async (status: Status) => {
      await client.start(); // it is not ready before VS Code knows of it
      this.changed.fire(status);
    });
    await client.start().catch((error: Error) => {
      this.changed.fire({ kind: "stopped", problem: error.message });
    });
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // A client that is just coming up cannot be stopped: it is waited for.
    await client?.start().catch(() => {});
    await client?.dispose().catch(() => {});
  }

  private async launch(): Promise<ChildProcess> {
    const found = this.binary();
    if ("problem" in found) throw new Error(found.problem);
    const env = { ...(await this.token.environment()), ...this.settings.environment() };
    this.log.info(`starting ${found.path}`);
    const child = spawn(found.path, ["--clientProcessId", String(process.pid)], { env });
    await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    this.pid = child.pid;
    return child;
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
    if (this.crashes.add(Date.now())) {
      this.changed.fire({ kind: "starting" });
      return CloseAction.Restart;
    }
    this.changed.fire({ kind: "stopped", problem: "It ended five times within three minutes." });
    return CloseAction.DoNotRestart;
  }
}
