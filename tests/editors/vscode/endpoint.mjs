// A FIM endpoint on loopback that a test can script: it knows how certain texts go on.
import { createServer } from "node:http";

const SHORTEST = 3; // of a beginning that tells texts apart

export class Endpoint {
  texts; // a prompt that ends with the beginning of one of them gets the rest of it
  token; // expected bearer; any is taken unless set
  requests; // what was asked: { prompt, suffix, authorization }
  delay; // milliseconds before the answer
  #server;
  #port = 0;

  constructor() {
    this.reset();
  }

  reset() {
    this.texts = [];
    this.token = undefined;
    this.requests = [];
    this.delay = 0;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}/fim`;
  }

  // Comes up, after the first time on the same port.
  async start() {
    this.#server = createServer((request, response) => this.#serve(request, response));
    await new Promise((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = this.#server.address().port;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request, response) {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { prompt, suffix } = JSON.parse(body);
    const authorization = request.headers.authorization;
    this.requests.push({ prompt, suffix, authorization });
    const refused = this.token !== undefined && authorization !== `Bearer ${this.token}`;
    const answer = refused ? { success: false, error: "Unauthorized" } : this.#answer(prompt);
    setTimeout(() => {
      response.writeHead(refused ? 401 : 200, { "Content-Type": "application/json" });
      response.end(JSON.stringify(answer));
    }, this.delay);
  }

  #answer(prompt) {
    const completion = this.#goOn(prompt);
    const usage = { prompt_tokens: tokens(prompt), completion_tokens: tokens(completion) };
    return { success: true, completion, model: "scripted", finish_reason: "stop", usage };
  }

  #goOn(prompt) {
    const written = prompt.replaceAll("\r\n", "\n");
    for (const text of this.texts) {
      for (let length = text.length - 1; length >= SHORTEST; --length) {
        if (written.endsWith(text.slice(0, length))) return text.slice(length);
      }
    }
    return "";
  }
}

function tokens(text) {
  return Math.ceil(text.length / 4);
}
