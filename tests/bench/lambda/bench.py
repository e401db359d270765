"""fim-lambda beside a Node handler on the same machine, in one run, under the same two stand-ins and the same local gateway.

What a function itself takes is measured at its own sockets (sockets.py), where no gateway is in the way. A third function that
does nothing (floor.cpp) makes the same round trips: what it takes is the bench's own time, which is in both columns.

The functions take turns in batches of 100 calls, so that whatever else the machine does hits all. A median or p99 in the table is
the median of those of the batches: a burst of somebody else's work spoils some batches, not the figure. Prints a Markdown table.
"""

import argparse
import contextlib
import functools
import http.client
import json
import os
import pathlib
import platform
import socket
import ssl
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse

from sockets import Function

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
BIN = ROOT / os.environ.get("BENCH_BIN", "build/lambda/bin")
KEY = "bench-key"
BODY = json.dumps({"prompt": "def total(items):\n    return " * 40, "suffix": "\n" * 4, "max_tokens": 64})
STREAM = json.dumps({**json.loads(BODY), "stream": True})

OURS = [ROOT / "build/lambda/bootstrap"]
NODE = ["node", HERE / "node_runtime.mjs"]
FLOOR = [BIN / "fim-floor"]
FUNCTIONS = {"ours": OURS, "node": NODE, "floor": FLOOR}
BATCH = 100


@contextlib.contextmanager
def started(*command, env=None):
    process = subprocess.Popen([str(part) for part in command], env={"PATH": "/usr/local/bin:/usr/bin:/bin", **(env or {})},
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def gateway(bootstrap, model):
    return started(BIN / "fim-gateway", "--", *bootstrap,
                   env={"FIM_UPSTREAM_URL": model, "CODESTRAL_API_KEY": KEY, "FIM_AUTH": "none"})


class Caller:
    def __init__(self, url, body, headers=None):
        self.url = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(self.url.netloc)
        self.body = body
        self.headers = {"Content-Type": "application/json", **(headers or {})}

    def call(self):
        """Milliseconds to the last byte."""
        start = time.perf_counter()
        self.connection.request("POST", self.url.path, self.body, self.headers)
        response = self.connection.getresponse()
        response.read()
        assert response.status == 200
        return (time.perf_counter() - start) * 1000


def direct(model):
    request = {"model": "m", "prompt": json.loads(BODY)["prompt"], "suffix": "", "max_tokens": 64}
    return Caller(model + "/v1/fim/completions", json.dumps(request), {"Authorization": f"Bearer {KEY}"})


def middle_and_p99(values):
    return statistics.median(values), sorted(values)[int(len(values) * 0.99) - 1]


class Times:
    """Milliseconds of each caller, in batches that take turns."""

    def __init__(self, calls, callers, after_batch=lambda number: None):
        self.batches = {name: [] for name in callers}
        for call in callers.values():
            for _ in range(BATCH):  # Node compiles what it has run a few times
                call()
        for number in range(calls // BATCH):
            for name, call in callers.items():
                self.batches[name].append([call() for _ in range(BATCH)])
            after_batch(number)

    def median(self, name):
        return statistics.median(statistics.median(batch) for batch in self.batches[name])

    def p99(self, name):
        return statistics.median(sorted(batch)[len(batch) * 99 // 100 - 1] for batch in self.batches[name])

    def less(self, base):
        """The same with the median of the batch of `base` taken from each call."""
        own = [statistics.median(batch) for batch in self.batches.pop(base)]
        for name, batches in self.batches.items():
            self.batches[name] = [[time - less for time in batch] for batch, less in zip(batches, own)]
        return self


def cold(rounds):
    """Medians from exec to the first `next`, of ours and Node's."""
    times = {"ours": [], "node": []}
    for _ in range(rounds):
        for name, command in (("ours", OURS), ("node", NODE)):
            with Function(command) as function:
                times[name].append(function.cold)
    return statistics.median(times["ours"]), statistics.median(times["node"])


@contextlib.contextmanager
def tls_model():
    """Accepts TLS and no more: (URL, path of the certificate to trust)."""
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = f"{folder}/certificate.pem", f"{folder}/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", certificate, "-keyout", key],
                       check=True, capture_output=True)
        digest = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", certificate], check=True, capture_output=True, text=True)
        trusted = pathlib.Path(folder, "trusted")
        trusted.mkdir()
        (trusted / f"{digest.stdout.strip()}.0").write_bytes(pathlib.Path(certificate).read_bytes())
        listener = socket.create_server(("127.0.0.1", 0))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        kept = []

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    with contextlib.suppress(ssl.SSLError):
                        kept.append(context.wrap_socket(listener.accept()[0], server_side=True))

        threading.Thread(target=accept, daemon=True).start()
        yield f"https://localhost:{listener.getsockname()[1]}", trusted
        listener.close()


def cold_with_tls(rounds):
    times = []
    with tls_model() as (url, trusted):
        for _ in range(rounds):
            with Function(OURS, FIM_UPSTREAM_URL=url, FIM_CA_PATH=str(trusted)) as function:
                times.append(function.cold)
    return statistics.median(times)


def warm(calls):
    """What the functions take themselves, and their memory after a tenth and after all of the calls."""
    with contextlib.ExitStack() as stack:
        functions = {name: stack.enter_context(Function(command)) for name, command in FUNCTIONS.items()}
        memory = {name: [] for name in functions}

        def look_at_memory(number):
            if number in (calls // BATCH // 10, calls // BATCH - 1):
                for name, function in functions.items():
                    memory[name].append(function.memory())

        times = Times(calls, {name: functools.partial(function.invoke, BODY) for name, function in functions.items()}, look_at_memory)
    return times, memory


def behind_the_gateway(calls):
    """Calls through the gateway, less what a call of the model alone takes."""
    with contextlib.ExitStack() as stack:
        model = stack.enter_context(started(BIN / "fim-stand-in", "--key", KEY))
        callers = {"model": direct(model).call}
        for name, command in FUNCTIONS.items():
            callers[name] = Caller(stack.enter_context(gateway(command, model)), BODY).call
        return Times(calls, callers).less("model")


def first_byte(calls):
    with Function(OURS, FIM_INVOKE_MODE="response_stream") as function:
        return middle_and_p99([function.stream(STREAM) for _ in range(calls)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--cold-starts", type=int, default=20)
    arguments = parser.parse_args()
    our_cold, node_cold = cold(arguments.cold_starts)
    tls = cold_with_tls(arguments.cold_starts)
    own, memory = warm(arguments.calls)
    through = behind_the_gateway(arguments.calls)
    streamed = first_byte(arguments.calls)
    package = ROOT / f"dist/fim-lambda-{platform.machine().replace('aarch64', 'arm64')}.zip"

    def row(what, ours, node, unit, floor=""):
        digits = 2 if unit == "ms" else 1
        return what, f"{ours:.{digits}f} {unit}", f"{node:.{digits}f} {unit}", f"1/{node / ours:.1f}", floor

    def warm_rows(what, times):
        for name, value in ((f"{what}, median", times.median), ("the same, p99", times.p99)):
            yield row(name, value("ours"), value("node"), "ms", f"{value('floor'):.2f} ms")

    (our_early, our_late), (node_early, node_late) = memory["ours"], memory["node"]
    rows = [
        row("exec to the first `next`, median", our_cold, node_cold, "ms"),
        ("the same with TLS to the model set up in it", f"{tls:.2f} ms", "sets it up in its first call", "", ""),
        *warm_rows("a warm call without the model's time", own),
        *warm_rows("through the local gateway, over the model", through),
        ("first streamed byte after the model's, median, p99", f"{streamed[0]:.2f}, {streamed[1]:.2f} ms", "does not stream", "", ""),
        row(f"memory (RSS) after {arguments.calls:,} calls", our_late, node_late, "MB"),
        ("growth over the last nine tenths of them", f"{our_late - our_early:.1f} MB", f"{node_late - node_early:.1f} MB", "", ""),
        ("package", f"{package.stat().st_size / 1e6:.2f} MB", "a few kB", "", ""),
    ]
    print("| what | fim-lambda | Node handler | | one that does nothing |\n|---|---|---|---|---|")
    for cells in rows:
        print("| " + " | ".join(cells) + " |")


main()
