// Where the daemon is: the setting, else the copy inside the extension, else PATH. Knows no VS Code.
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

export type Binary = { path: string } | { problem: string };

const NAME = process.platform === "win32" ? "fimd.exe" : "fimd";

export function findBinary(setting: string, extensionFolder: string, searchPath: string): Binary {
  if (setting !== "") {
    const path = setting.replace(/^~(?=[/\\])/, homedir());
    if (!isAbsolute(path)) return { problem: `The setting fimd.path must be an absolute path, not "${setting}".` };
    return isProgram(path) ? { path } : { problem: `The setting fimd.path names no program: ${path}` };
  }
  const folders = [join(extensionFolder, "bin"), ...searchPath.split(delimiter).filter(isAbsolute)];
  const path = folders.map((folder) => join(folder, NAME)).find(isProgram);
  return path ? { path } : { problem: "The program fimd is not in PATH and does not come with this extension." };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
