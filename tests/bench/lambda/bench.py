"""fim-lambda beside a Node handler on the same machine, in one run, under the same two stand-ins and the same local gateway.

Calls alternate between the two, so that whatever else the machine does hits both. What a function itself takes is measured at
its own sockets (sockets.py), where no gateway is in the way. Prints a Markdown table.
"""

import argparse
import contextlib
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
    """Of each: (median, p99) of what it takes itself, and its memory after a tenth and after all of the calls."""
    with Function(OURS) as ours, Function(NODE) as node:
        functions, times, memory = {"ours": ours, "node": node}, {"ours": [], "node": []}, {"ours": [], "node": []}
        for number in range(calls):
            for name, function in functions.items():
                times[name].append(function.invoke(BODY))
                if number in (calls // 10, calls - 1):
                    memory[name].append(function.memory())
    return {name: (middle_and_p99(times[name]), *memory[name]) for name in functions}


def behind_the_gateway(calls):
    """Of each: (median, p99) of a call through the gateway, less those of the model's own."""
    with started(BIN / "fim-stand-in", "--key", KEY) as model, gateway(OURS, model) as our_url, gateway(NODE, model) as node_url:
        callers = {"model": direct(model), "ours": Caller(our_url, BODY), "node": Caller(node_url, BODY)}
        times = {name: [] for name in callers}
        for _ in range(calls):
            for name, caller in callers.items():
                times[name].append(caller.call())
    base = middle_and_p99(times["model"])
    return {name: [time - own for time, own in zip(middle_and_p99(times[name]), base)] for name in ("ours", "node")}


def first_byte(calls):
    with Function(OURS, FIM_INVOKE_MODE="response_stream") as function:
        return middle_and_p99([function.stream(STREAM) for _ in range(calls)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--cold-starts", type=int, default=20)
    arguments = parser.parse_args()
    our_cold, node_cold = cold(arguments.cold_starts)
    tls = cold_with_tls(arguments.cold_starts)
    own = warm(arguments.calls)
    (our_times, our_early, our_late), (node_times, node_early, node_late) = own["ours"], own["node"]
    through = behind_the_gateway(arguments.calls)
    streamed = first_byte(arguments.calls)
    package = ROOT / f"dist/fim-lambda-{platform.machine().replace('aarch64', 'arm64')}.zip"

    def row(what, ours, node, unit):
        digits = 2 if unit == "ms" else 1
        return what, f"{ours:.{digits}f} {unit}", f"{node:.{digits}f} {unit}", f"1/{node / ours:.1f}"

    rows = [
        row("exec to the first `next`, median", our_cold, node_cold, "ms"),
        ("the same with TLS to the model set up in it", f"{tls:.2f} ms", "sets it up in its first call", ""),
        row("a warm call without the model's time, median", our_times[0], node_times[0], "ms"),
        row("the same, p99", our_times[1], node_times[1], "ms"),
        row("through the local gateway, over the model, median", through["ours"][0], through["node"][0], "ms"),
        row("the same, p99", through["ours"][1], through["node"][1], "ms"),
        ("first streamed byte after the model's, median, p99", f"{streamed[0]:.2f}, {streamed[1]:.2f} ms", "does not stream", ""),
        row(f"memory (RSS) after {arguments.calls} calls", our_late, node_late, "MB"),
        ("growth over the last nine tenths of them", f"{our_late - our_early:.1f} MB", f"{node_late - node_early:.1f} MB", ""),
        ("package", f"{package.stat().st_size / 1e6:.2f} MB", "a few kB", ""),
    ]
    print("| what | fim-lambda | Node handler | |\n|---|---|---|---|")
    for cells in rows:
        print("| " + " | ".join(cells) + " |")


main()
