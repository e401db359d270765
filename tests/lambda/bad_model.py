"""A model that misbehaves when it is told to, and the bytes it does it with."""

import contextlib
import json
import socket
import struct
import threading
import time

from harness import TEXT


def http_answer(status, body, headers="", length=None):
    length = len(body.encode()) if length is None else length
    return f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}".encode()


def event(text):
    return "data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}) + "\n\n"


def completion(text=TEXT):
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return http_answer(200, json.dumps({"id": "c", "object": "chat.completion", "choices": [choice]}))


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"  # ends with the connection


class BadModel:
    """A model that does to the next request what it is told, and serves the ones after it well."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.connections = []
        self.next, self.times = None, 1  # bytes to answer with, or a function of the connection; and how often
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections.append(connection)
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as lines:
            while line := lines.readline():
                length = 0
                while line.strip():
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                    line = lines.readline()
                lines.read(length)
                answer, self.times = self.next, self.times - 1
                self.next, self.times = (answer, self.times) if self.times > 0 else (None, 1)
                if callable(answer):
                    return answer(connection)
                connection.sendall(answer or completion())
                if answer:
                    return None

    def hang_up(self, reset=False):
        """Ends all connections; with a reset as a machine does that forgot them."""
        while self.connections:
            connection = self.connections.pop()
            with contextlib.suppress(OSError):
                if reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.shutdown(socket.SHUT_RD)
                else:
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()


def silent(connection):
    connection.recv(1)


def endless(connection):
    connection.sendall(STREAM_HEAD)
    while True:
        connection.sendall(event("0123456789abcdef" * 64).encode())


def drip(connection):
    """A word, and then another one every tenth of a second, for ever."""
    connection.sendall(STREAM_HEAD)
    while True:
        connection.sendall(event("x").encode())
        time.sleep(0.1)
