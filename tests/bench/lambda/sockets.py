"""The two other ends of a function, its Runtime API and its model, in one thread, so that nothing but the function stands
between a byte that is sent and the byte that answers it. Everything is timed where it enters or leaves these sockets."""

import json
import os
import selectors
import socket
import subprocess
import time

EVENT = json.dumps({"version": "2.0", "routeKey": "POST /fim", "rawPath": "/fim", "headers": {"content-type": "application/json"},
                    "requestContext": {"http": {"method": "POST", "path": "/fim"}}, "isBase64Encoded": False, "body": "%s"})


def delta(text, finish=None):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "c", "object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"


WHOLE = json.dumps({"id": "c", "object": "chat.completion", "model": "codestral-latest",
                    "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14},
                    "choices": [{"index": 0, "message": {"role": "assistant", "content": "return 42;"}, "finish_reason": "stop"}]})
WHOLE = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(WHOLE)}\r\n\r\n{WHOLE}".encode()
STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


class Connections:
    """Accepts on a port of its own and gives out what arrives, with the connection it came on."""

    def __init__(self, selector):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.selector = selector
        selector.register(self.listener, selectors.EVENT_READ, self)


class Function:
    """A function started with these two ends. `cold` is the time in ms from exec to its first `next`."""

    def __init__(self, command, **env):
        self.selector = selectors.DefaultSelector()
        self.api, self.model = Connections(self.selector), Connections(self.selector)
        self.buffers, self.owners = {}, {}
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.api.port}",
                       "FIM_UPSTREAM_URL": f"http://127.0.0.1:{self.model.port}", "CODESTRAL_API_KEY": "k", "FIM_AUTH": "none", **env}
        begin = time.perf_counter()
        self.process = subprocess.Popen([str(part) for part in command], env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.waiting = self.expect(self.api, lambda data: b"\r\n\r\n" in data)[0]
        self.cold = (time.perf_counter() - begin) * 1000

    def close(self):
        self.process.kill()
        self.process.wait()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def expect(self, side, complete):
        """Reads until `complete(bytes)` holds for a connection of that side; (connection, bytes, time of the last read)."""
        while True:
            for key, _ in self.selector.select(10):
                if isinstance(key.data, Connections):
                    connection, _ = key.fileobj.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.owners[connection], self.buffers[connection] = key.data, b""
                    self.selector.register(connection, selectors.EVENT_READ)
                    continue
                data = key.fileobj.recv(65536)
                now = time.perf_counter()
                if not data:
                    self.selector.unregister(key.fileobj)
                    key.fileobj.close()
                    continue
                self.buffers[key.fileobj] += data
                if self.owners[key.fileobj] is side and complete(self.buffers[key.fileobj]):
                    taken, self.buffers[key.fileobj] = self.buffers[key.fileobj], b""
                    return key.fileobj, taken, now

    def send_event(self, body):
        """The answer to the waiting `next`; returns when it left."""
        event = EVENT.replace('"%s"', json.dumps(body)).encode()
        deadline = int(time.time() * 1000) + 25_000
        head = (f"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(event)}\r\n\r\n")
        self.waiting.sendall(head.encode() + event)
        return time.perf_counter()

    def finish(self, connection):
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        self.waiting = self.expect(self.api, lambda data: b"GET " in data and b"\r\n\r\n" in data)[0]

    def invoke(self, body):
        """Milliseconds that the function itself took: from the event to its call of the model, and from the model's answer
        to its own."""
        sent = self.send_event(body)
        model, _, called = self.expect(self.model, whole_message)
        model.sendall(WHOLE)
        answered = time.perf_counter()
        connection, _, done = self.expect(self.api, whole_message)
        self.finish(connection)
        return (called - sent + done - answered) * 1000

    def stream(self, body):
        """Milliseconds from the model's first event until the function's first."""
        self.send_event(body)
        model, _, _ = self.expect(self.model, whole_message)
        model.sendall(STREAM_HEAD + chunk(delta("return")))
        left = time.perf_counter()
        connection, got, arrived = self.expect(self.api, lambda data: b'data: {"delta"' in data)
        model.sendall(chunk(delta(" 42;", "stop")) + chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        if b"\r\n0\r\n" not in got:
            connection = self.expect(self.api, lambda data: data.endswith(b"0\r\n\r\n"))[0]
        self.finish(connection)
        return (arrived - left) * 1000

    def memory(self):
        """Resident megabytes."""
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def whole_message(data):
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return body.endswith(b"0\r\n\r\n") if b"transfer-encoding: chunked" in head.lower() else True
