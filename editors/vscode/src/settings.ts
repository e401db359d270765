// Settings as the daemon wants them. It has defaults, a file and an environment of its own, so only what the user has
// set in VS Code is sent.
import * as vscode from "vscode";

const NAMES = [
  "endpoint",
  "enabled",
  "disabledLanguages",
  "exclude",
  "stream",
  "maxTokens",
  "singleLineTokens",
  "temperature",
  "connectTimeoutMs",
  "deadlineMs",
  "predictor",
  "speculation",
  "midLine",
  "callsPerMinute",
  "callsPerDay",
  "tokensPerDay",
];

/** Survives sessions: the files of this workspace that the user switched off. */
const FILES_OFF = "filesOff";

export class Settings {
  // What was sent once must be sent again when the user takes it back: the daemon leaves alone what it is not told.
  private readonly sent = new Set<string>();

  constructor(private readonly memory: vscode.Memento) {}

  get path(): string {
    return configuration().get("path", "");
  }

  /** What fimd takes at its start only, and what its doctor must know. */
  environment(): NodeJS.ProcessEnv {
    const names = { FIMD_LOG_LEVEL: "logLevel", FIMD_ENDPOINT: "endpoint" };
    const set = Object.entries(names).filter(([, name]) => isSet(configuration().inspect(name)));
    return Object.fromEntries(set.map(([variable, name]) => [variable, configuration().get<string>(name)]));
  }

  forDaemon(): Record<string, unknown> {
    const settings = configuration();
    for (const name of NAMES.filter((name) => isSet(settings.inspect(name)))) this.sent.add(name);
    if (this.filesOff.length > 0) this.sent.add("exclude");
    const values = Object.fromEntries([...this.sent].map((name) => [name, settings.get(name)]));
    if ("exclude" in values) values.exclude = [...settings.get<string[]>("exclude", []), ...this.filesOff.map(pattern)];
    return values;
  }

  get filesOff(): string[] {
    return this.memory.get<string[]>(FILES_OFF, []);
  }

  async switchFile(path: string, off: boolean): Promise<void> {
    const others = this.filesOff.filter((other) => other !== path);
    await this.memory.update(FILES_OFF, off ? [...others, path] : others);
  }

  get enabled(): boolean {
    return configuration().get("enabled", true);
  }

  async setEnabled(enabled: boolean): Promise<void> {
    await write("enabled", enabled);
  }

  get disabledLanguages(): string[] {
    return configuration().get<string[]>("disabledLanguages", []);
  }

  async switchLanguage(language: string, off: boolean): Promise<void> {
    const others = this.disabledLanguages.filter((other) => other !== language);
    await write("disabledLanguages", off ? [...others, language] : others);
  }
}

/** A gitignore pattern that names this one file. */
export function pattern(path: string): string {
  const slashed = path.replace(/\\/g, "/").replace(/[*?[\]!#]/g, "\\$&");
  return slashed.startsWith("/") ? slashed : `/${slashed}`;
}

function configuration(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("fimd");
}

type Inspected = ReturnType<vscode.WorkspaceConfiguration["inspect"]>;

function isSet(found: Inspected): boolean {
  const values = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
  return values.some((value) => value !== undefined);
}

// Where a value is set now, there it is changed; else for the user.
async function write(name: string, value: unknown): Promise<void> {
  const inWorkspace = configuration().inspect(name)?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration().update(name, value, target);
}
