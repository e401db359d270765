// What fimd adds to LSP: see protocol/PROTOCOL.md. Everything here is optional to it.
import type { Range } from "vscode-languageclient/node";

export const DID_SHOW = "textDocument/didShowCompletion";
export const DID_PARTIALLY_ACCEPT = "textDocument/didPartiallyAcceptCompletion";
export const STATUS = "fimd/status";
export const DISMISS = "fimd.dismiss";
export const STATS = "fimd.stats";

/** A suggestion as fimd sent it; the command's one argument is its id. */
export interface Item {
  insertText: string;
  range: Range;
  command: { title: string; command: string; arguments?: unknown[] };
}

export type Kind = "ready" | "busy" | "local" | "off" | "error";

/** `message` is for people: the fault, or why the last request got nothing. */
export interface Status {
  kind: Kind;
  message: string;
  callsToday: number;
  tokensToday: number;
}

export interface Latency {
  count: number;
  p50Ms: number;
  p90Ms: number;
}

export interface Stats {
  requests: number;
  answered: Record<string, number>;
  silent: Record<string, number>;
  calls: number;
  failedCalls: number;
  shown: number;
  accepted: number;
  partlyAccepted: number;
  dismissed: number;
  promptTokens: number;
  completionTokens: number;
  answerLatency: Latency;
  callLatency: Latency;
}
