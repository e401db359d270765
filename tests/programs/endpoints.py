"""Endpoints that are down, slow, endless, or lie."""

import gzip
import json
import socket
import threading
import time

from daemon import Daemon

GOOD = json.dumps({"success": True, "completion": "good();", "model": "m"}).encode()
BOUND_MB = 60  # what one bad answer may add


class Endpoint:
    """A socket that reads one request per connection and then does as `answer` says: bytes to send, one after another."""

    def __init__(self, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/fim"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    if not (chunk := connection.recv(65536)):
                        return
                    head += chunk
                for piece in self.answer():
                    connection.sendall(piece)
            except OSError:
                pass  # the daemon has had enough

    def close(self):
        self.listener.close()


def response(body, *headers, status="200 OK", length=None, kind="application/json"):
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers]
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def unbounded(kind):
    return b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n"


def completion(text):
    return response(json.dumps({"success": True, "completion": text, "model": "m"}).encode())


def forever(head, piece, pause=0.0):
    yield head
    while True:
        time.sleep(pause)
        yield piece


def endless_event():
    return forever(unbounded(b"text/event-stream"), b"data: " + b"x" * 65536)


def gzip_bomb():
    return [response(gzip.compress(b" " * 100_000_000, 1), "Content-Encoding: gzip")]


def chunks_of_any_size():
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield b"ffffffffffffffff\r\n" + b"x" * 1000


# name, what is sent after the request, what may be shown of it
ANSWERS = [
    ("a body without end", lambda: forever(unbounded(b"application/json"), b" " * 65536), []),
    ("headers without end", lambda: forever(b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"y" * 1000 + b"\r\n"), []),
    ("one header without end", lambda: forever(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65536), []),
    ("100 Continue without end", lambda: forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), []),
    ("one event without end", endless_event, []),
    ("comments without end", lambda: forever(unbounded(b"text/event-stream"), b": x\n\n" * 10_000), []),
    ("events of nothing", lambda: forever(unbounded(b"text/event-stream"), b'data: {"delta": ""}\n\n' * 1000), []),
    ("a gzip bomb", gzip_bomb, []),
    ("broken gzip", lambda: [response(b"no gzip", "Content-Encoding: gzip")], []),
    ("a byte now and then", lambda: forever(unbounded(b"application/json"), b" ", 0.05), []),
    ("a status line now and then", lambda: forever(b"HTTP/1.1 ", b"2", 0.05), []),
    ("nothing at all", lambda: forever(b"", b"", 0.05), []),
    ("a length too long", lambda: [response(GOOD, length=len(GOOD) + 100)], []),
    ("a length too short", lambda: [response(GOOD, length=len(GOOD) - 5)], []),
    ("a negative length", lambda: [response(GOOD, length=-1)], []),
    ("a length of 10^18", lambda: [response(GOOD, length=10**18)], []),
    ("two lengths", lambda: [response(GOOD, "Content-Length: 3")], None),
    ("chunks of any size", chunks_of_any_size, []),
    ("HTML", lambda: [response(b"<!doctype html><p>Sign in", kind="text/html")], []),
    ("a redirect", lambda: [response(b"", "Location: /fim", status="302 Found")], []),
    ("a redirect to a file", lambda: [response(b"", "Location: file:///etc/passwd", status="307 T")], []),
    ("no content", lambda: [b"HTTP/1.1 204 No Content\r\n\r\n"], []),
    ("HTTP/0.9", lambda: [GOOD], []),
    ("no HTTP", lambda: [b"\x15\x03\x01\x00\x02\x02\x46"], []),
    ("a closed connection", lambda: [], []),
    ("success: false with 200", lambda: [response(b'{"success": false, "error": "no"}')], []),
    ("a completion of the wrong type", lambda: [response(b'{"success": true, "completion": [1], "model": "m"}')], []),
    ("a list", lambda: [response(b"[]")], []),
    ("nesting without end", lambda: [response(b"[" * 900_000)], []),
    ("bytes that are no text", lambda: [response(b'{"success": true, "completion": "\xff\xfe"}')], []),
    ("an empty completion", lambda: [completion("")], []),
    ("a NUL", lambda: [completion("a\0b();")], None),
    ("half a surrogate pair", lambda: [response(b'{"success": true, "completion": "a\\ud800();", "model": "m"}')], None),
    ("CRLF", lambda: [completion("good();\r\n")], ["good();"]),
    ("5 MB of completion", lambda: [completion("x = 1;\n" * 700_000)], []),
]


def attack(answer, shown):
    def run(program):
        bad, good = Endpoint(answer), Endpoint(lambda: [response(GOOD)])
        with Daemon(program, FIMD_TOKEN="secret") as daemon:
            daemon.initialize(endpoint=good.url, deadlineMs=1000)
            daemon.open("int total = ")
            assert daemon.complete(0, 12) == ["good();"]
            before = daemon.memory_mb()
            daemon.configure(endpoint=bad.url)
            daemon.open("int first = ", "file:///first.cpp")
            came = daemon.complete(0, 12, "file:///first.cpp")
            assert shown is None or came == shown, came
            assert not any("\r" in text or not text for text in came), came
            daemon.configure(endpoint=good.url)
            daemon.open("int second = ", "file:///second.cpp")
            assert daemon.complete(0, 13, "file:///second.cpp") == ["good();"]
            grown = daemon.memory_mb() - before
            assert grown < BOUND_MB, f"{grown:.0f} MB more"
            daemon.process.stdin.close()
            assert daemon.ends_within(2) == 1
            assert "secret" not in "".join(daemon.log)
        bad.close()
        good.close()

    return run


CASES = [(f"endpoint: {name}", attack(answer, shown)) for name, answer, shown in ANSWERS]
