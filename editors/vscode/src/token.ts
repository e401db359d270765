// The endpoint's bearer token. It is kept in the editor's secret storage and reaches the daemon through its
// environment: no setting and no message holds it, so no settings file, sync or protocol trace can show it.
import * as vscode from "vscode";

const KEY = "fimd.token";

export class Token {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  /** Also when another window changes it. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.secrets.onDidChange((event) => {
      if (event.key === KEY) listener();
    });
  }

  async environment(): Promise<NodeJS.ProcessEnv> {
    const token = await this.secrets.get(KEY);
    return token ? { FIMD_TOKEN: token } : {};
  }

  async ask(): Promise<void> {
    const token = await vscode.window.showInputBox({
      title: "fimd: token of your endpoint",
      prompt: "Kept in the editor's secret storage. Leave it empty to forget the token.",
      password: true,
      ignoreFocusOut: true,
    });
    if (token === undefined) return;
    if (token.trim() === "") await this.secrets.delete(KEY);
    else await this.secrets.store(KEY, token.trim());
  }
}
