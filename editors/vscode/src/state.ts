// What the status bar shows for each state of the daemon. Knows no VS Code, so that tests can read it.
import type { Status } from "./protocol";

/** What fimd says of itself, or what only the editor can know: that it does not run. */
export type State = Status | { kind: "starting" } | { kind: "missing" | "stopped"; problem: string };

export interface Look {
  text: string;
  alarm: "none" | "warning" | "error";
  /** What it means, in plain text: the headline first. */
  lines: string[];
}

const TEXTS: Record<State["kind"], { icon: string; headline: string }> = {
  starting: { icon: "loading~spin", headline: "starting" },
  ready: { icon: "check", headline: "ready" },
  busy: { icon: "sync~spin", headline: "asking the model" },
  local: { icon: "home", headline: "local only: it completes from your own text, nothing leaves this machine" },
  off: { icon: "circle-slash", headline: "switched off" },
  error: { icon: "warning", headline: "the model cannot be asked" },
  missing: { icon: "error", headline: "the program fimd was not found" },
  stopped: { icon: "error", headline: "fimd is not running" },
};

/** `offHere`: why there are no completions in the active editor, where the user switched them off. */
export function lookOf(state: State, offHere: string | undefined): Look {
  const alarm = state.kind === "error" ? "warning" : state.kind === "missing" || state.kind === "stopped" ? "error" : "none";
  const off = offHere !== undefined && alarm === "none";
  const { icon, headline } = TEXTS[off ? "off" : state.kind];
  const lines = [`fimd: ${off ? offHere : headline}`];
  if ("problem" in state) lines.push(state.problem);
  if ("message" in state && state.message) lines.push(said(state));
  if ("callsToday" in state) lines.push(spent(state));
  if (alarm !== "none") lines.push("Click for the way out.");
  return { text: `$(${icon}) fimd`, alarm, lines };
}

/** The lines as Markdown. A fault may quote a server: its words must not become a link. */
export function markdown([headline, ...lines]: string[]): string {
  return [`**${escaped(headline)}**`, ...lines.map(escaped)].join("\n\n");
}

function said(status: Status): string {
  return status.kind === "error" ? status.message : `Last key: no suggestion, because ${status.message}.`;
}

function spent(status: Status): string {
  const calls = status.callsToday === 1 ? "1 call" : `${status.callsToday.toLocaleString("en")} calls`;
  return `Today: ${calls}, ${status.tokensToday.toLocaleString("en")} tokens`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+!|$~]/g, "\\$&");
}
