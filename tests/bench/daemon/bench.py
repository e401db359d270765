"""What the program itself costs: start-up, memory, one completion, a thousand edits, idling. Prints a Markdown table.

usage: bench.py FIMD EMPTY_SERVER RUNS
"""

import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import threading
import time

URI = "file:///bench/a.cpp"


class Session:
    """One server on pipes, spoken to in LSP's framing."""

    def __init__(self, *command, environment=None):
        self.spawned = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **(environment or {})}
        )
        self.last_id = 0

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self):
        length = 0
        while (line := self.process.stdout.readline().strip()) or not length:
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))

    def call(self, method, params):
        self.last_id += 1
        self.send(id=self.last_id, method=method, params=params)
        while (message := self.read()).get("id") != self.last_id:
            pass
        return message["result"]

    def initialize(self):
        self.call("initialize", {"processId": None, "capabilities": {"general": {"positionEncodings": ["utf-8"]}}})
        return (time.perf_counter() - self.spawned) * 1000

    def open(self, text):
        document = {"uri": URI, "languageId": "cpp", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": document})

    def insert(self, line, character, text):
        at = {"line": line, "character": character}
        changes = [{"range": {"start": at, "end": at}, "text": text}]
        params = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": changes}
        self.send(method="textDocument/didChange", params=params)

    def complete(self, line, character):
        params = {"textDocument": {"uri": URI}, "position": {"line": line, "character": character}}
        return self.call("textDocument/inlineCompletion", {**params, "context": {"triggerKind": 1}})

    def pss_kb(self):
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))

    def cpu_ms(self):
        """Of all its threads, from the scheduler: the ticks of /proc/PID/stat miss what takes less than 10 ms at a time."""
        threads = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def instant_endpoint():
    """A FIM endpoint that answers at once; returns its URL and a way to time its own round trip."""
    listener = socket.create_server(("127.0.0.1", 0))
    body = json.dumps({"success": True, "completion": "value_of(total);", "model": "instant"}).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def serve(connection):
        waiting = b""
        while chunk := connection.recv(1 << 16):
            waiting += chunk
            head, _, rest = waiting.partition(b"\r\n\r\n")
            lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l")]
            if lengths and len(rest) >= lengths[0]:
                connection.sendall(answer)
                waiting = b""

    def accept():
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/fim"


def start_up(programs, runs):
    """(milliseconds, milliseconds of CPU, kB) of each program, medians. They take turns, so that whatever else the machine does hits all."""
    measured = [[] for _ in programs]
    for _ in range(runs):
        for program, values in zip(programs, measured):
            session = Session(program)
            values.append((session.initialize(), session.cpu_ms(), session.pss_kb()))
            session.close()
    return [[statistics.median(column) for column in zip(*values)] for values in measured]


def completions(fimd, runs):
    """Each at a new place, so that each one goes to the endpoint."""
    session = Session(fimd, "--endpoint", instant_endpoint())
    session.initialize()
    lines = [f"int value_{i} = compute({i});" for i in range(700)]
    session.open("\n".join(lines))
    times = []
    for i in range(runs * 5):
        text = f"int another_{i} = "
        session.insert(i, 0, text + "\n")
        began = time.perf_counter()
        assert session.complete(i, len(text))["items"], "the endpoint's completion is missing"
        times.append((time.perf_counter() - began) * 1000)
    session.close()
    return statistics.median(times)


def thousand_edits(fimd):
    session = Session(fimd, "--endpoint", "http://127.0.0.1:1/fim")
    session.initialize()
    session.open("int value = compute(another_value);\n" * 29_000)
    session.call("workspace/executeCommand", {"command": "fimd.stats"})
    before = session.cpu_ms()
    for i in range(1000):
        session.insert(15_000, i, "x")
    session.call("workspace/executeCommand", {"command": "fimd.stats"})
    spent = session.cpu_ms() - before
    session.close()
    return spent


def idling(fimd, seconds=3):
    session = Session(fimd, "--endpoint", "http://127.0.0.1:1/fim")
    session.initialize()
    before = session.cpu_ms()
    time.sleep(seconds)
    spent = session.cpu_ms() - before
    session.close()
    return spent


def main():
    fimd, empty, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    (floor, floor_cpu, floor_memory), (started, cpu, memory) = start_up([empty, fimd], runs)
    print("| what | empty static server | fimd | ratio |")
    print("|---|---|---|---|")
    print(f"| spawn to `initialize` answered, median of {runs} | {floor:.1f} ms | {started:.1f} ms | {started / floor:.1f} |")
    print(f"| CPU until then | {floor_cpu:.1f} ms | {cpu:.1f} ms | {cpu / floor_cpu:.1f} |")
    print(f"| PSS after it | {floor_memory / 1024:.1f} MB | {memory / 1024:.1f} MB | |")
    print(f"| completion, 0 ms endpoint, 20 KB document, median | | {completions(fimd, runs):.2f} ms | |")
    print(f"| CPU of 1,000 edits in a 1 MB document | | {thousand_edits(fimd):.1f} ms | |")
    print(f"| CPU of 3 s of idling | | {idling(fimd):.1f} ms | |")


if __name__ == "__main__":
    main()
