// The Runtime API loop around the Node handler. AWS's own client for Node does more, so this one flatters Node.
import http from "node:http";
import { handler } from "./handler.mjs";

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime/${path}`, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (;;) {
  const { headers, body } = await call("GET", "invocation/next");
  const answer = await handler(JSON.parse(body));
  await call("POST", `invocation/${headers["lambda-runtime-aws-request-id"]}/response`, JSON.stringify(answer));
}
