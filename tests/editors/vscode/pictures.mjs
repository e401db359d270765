// Pictures of what shows, for the documentation: every run writes them to build/vscode-pictures.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { animated } from "./animation.mjs";

const MARGIN = 8;
const ITEM = '.statusbar-item[id*="fimd"]';
const HOVER = ".monaco-hover:not(.hidden):visible, .workbench-hover:visible";

export class Pictures {
  folder = join(import.meta.dirname, "../../../build/vscode-pictures");
  #page;

  constructor(page) {
    this.#page = page;
    mkdirSync(this.folder, { recursive: true });
  }

  // The status bar item with what it says when the mouse rests on it.
  async status(name) {
    await this.#page.mouse.move(400, 250);
    await this.#page.locator(ITEM).hover();
    const hover = this.#page.locator(HOVER, { hasText: "fimd" }).last();
    await hover.waitFor();
    const { width, height } = this.#page.viewportSize();
    const item = await this.#page.locator(ITEM).boundingBox();
    const box = await hover.boundingBox();
    const left = Math.max(0, Math.min(box.x, item.x) - MARGIN);
    const top = Math.max(0, box.y - MARGIN);
    const clip = { x: left, y: top, width: width - left, height: height - top };
    await this.#page.screenshot({ path: join(this.folder, `vscode-status-${name}.png`), clip });
    await this.#page.mouse.move(400, 250);
    await hover.waitFor({ state: "hidden" });
  }

  // Takes frames until end(): each is what shows now, for so many milliseconds.
  film(name) {
    const frames = [];
    return {
      take: async (ms) => void frames.push({ png: await this.#page.screenshot(), ms }),
      end: () => writeFileSync(join(this.folder, `${name}.gif`), animated(frames)),
    };
  }
}
