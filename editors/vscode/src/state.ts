// What the status bar shows for each state of the daemon. Knows no VS Code, so that tests can read it.
import type { Status } from "./protocol";

/** What fimd says of itself, or what only the editor can know: that it does not run. */
export type State = Status | { kind: "starting" } | { kind: "missing" | "stopped"; problem: string };

export interface Look {
  text: string;
  alarm: "none" | "warning" | "error";
  /** Lines of Markdown. */
  tooltip: string[];
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
  const tooltip = [`**fimd** — ${off ? offHere : headline}`];
  if ("problem" in state) tooltip.push(escaped(state.problem));
  if ("message" in state && state.message) tooltip.push(said(state));
  if ("callsToday" in state) tooltip.push(spent(state));
  return { text: `$(${icon}) fimd`, alarm, tooltip };
}

function said(status: Status): string {
  return status.kind === "error" ? escaped(status.message) : `Last key: no suggestion, because ${escaped(status.message)}.`;
}

function spent(status: Status): string {
  const calls = status.callsToday === 1 ? "1 call" : `${status.callsToday.toLocaleString("en")} calls`;
  return `Today: ${calls}, ${status.tokensToday.toLocaleString("en")} tokens`;
}

// A fault may quote a server: its text must not become a link.
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+!|$~]/g, "\\$&");
}
