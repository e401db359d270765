#!/usr/bin/env python3
"""A language server that suggests at once, and notes when: FIMD_STOPWATCH names the file, a line for each request.

Each line holds the nanoseconds (of the monotonic clock, which all processes share) at which a request had come and at
which its answer was gone, and the suggestion: one letter over and over, another one each time.
"""

import json
import os
import sys
import time

LETTERS = "bcdfghjk"


def message():
    length = 0
    while (line := sys.stdin.buffer.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def answer(request, result):
    body = json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    sys.stdout.buffer.flush()


def initialize_result(request):
    offered = request["params"]["capabilities"]["general"]["positionEncodings"]
    capabilities = {"textDocumentSync": {"openClose": True, "change": 2}, "inlineCompletionProvider": True}
    return {"capabilities": capabilities | {"positionEncoding": "utf-8" if "utf-8" in offered else offered[0]}}


def main():
    log = open(os.environ["FIMD_STOPWATCH"], "a", encoding="utf-8", buffering=1)
    count = 0
    while request := message():
        came = time.monotonic_ns()
        if request.get("method") == "initialize":
            answer(request, initialize_result(request))
        elif request.get("method") == "textDocument/inlineCompletion":
            text = LETTERS[count % len(LETTERS)] * 12
            count += 1
            position = request["params"]["position"]
            command = {"title": "Accept", "command": "accept", "arguments": [str(count)]}
            item = {"insertText": text, "range": {"start": position, "end": position}, "command": command}
            answer(request, {"items": [item]})
            log.write(f"{came} {time.monotonic_ns()} {text}\n")
        elif "id" in request and "method" in request:
            answer(request, None)


main()
