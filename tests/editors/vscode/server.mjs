// VS Code's server as a process: started on a free port of loopback, gone with everything it started.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const START_LIMIT_MS = 180_000;
const PORT = /Web UI available at http:.*:(\d+)/;

export class Server {
  #process;
  port;

  async start({ server, folders, env }) {
    const main = join(server, "out/server-main.js");
    const flags = ["--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--accept-server-license-terms",
      "--force-disable-user-env"]; // else a login shell would choose PATH
    this.#process = spawn(process.execPath, [main, ...flags, ...folders],
      { detached: true, stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, ...env } });
    this.port = await this.#told(PORT);
  }

  // The extension hosts and the daemons are in its process group.
  stop() {
    if (!this.#process || this.#process.exitCode !== null) return;
    process.kill(-this.#process.pid, "SIGKILL");
  }

  // Waits for the line of its output that matches; what it captured.
  #told(pattern) {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error("VS Code's server does not come up")), START_LIMIT_MS);
      this.#process.once("exit", () => reject(new Error("VS Code's server ended")));
      createInterface(this.#process.stdout).on("line", (line) => {
        const found = pattern.exec(line);
        if (found) resolve((clearTimeout(limit), found[1]));
      });
    });
  }
}
