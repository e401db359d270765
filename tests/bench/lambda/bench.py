"""fim-lambda beside a Node handler under the same local gateway, on the same machine, in one run.

Rounds alternate between the two, so that whatever else the machine does hits both. Prints a Markdown table.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
BIN = ROOT / os.environ.get("TEST_BIN", "build/dev/bin")
KEY = "bench-key"
BODY = json.dumps({"prompt": "def total(items):\n    return " * 40, "suffix": "\n" * 4, "max_tokens": 64})
STREAM = json.dumps({**json.loads(BODY), "stream": True})

OURS = [ROOT / "build/lambda/bootstrap"]
NODE = ["node", HERE / "node_runtime.mjs"]


@contextlib.contextmanager
def started(*command, env=None):
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([str(part) for part in command], env={"PATH": "/usr/local/bin:/usr/bin:/bin", **(env or {})},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            yield process.stdout.readline().strip(), log
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def gateway(bootstrap, model, *options, **env):
    return started(BIN / "fim-gateway", *options, "--", *bootstrap,
                   env={"FIM_UPSTREAM_URL": model, "CODESTRAL_API_KEY": KEY, "FIM_AUTH": "none", **env})


def readiness(log):
    """(pid, milliseconds from exec to the first `next`), as the gateway reports them."""
    log.seek(0)
    pid, milliseconds = re.search(r"pid (\d+) ready after ([\d.]+) ms", log.read()).groups()
    return int(pid), float(milliseconds)


def memory(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


class Caller:
    def __init__(self, url, body, headers=None):
        self.url = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(self.url.netloc)
        self.body = body
        self.headers = {"Content-Type": "application/json", **(headers or {})}

    def call(self):
        """(milliseconds to the first byte of the body, to its last)"""
        start = time.perf_counter()
        self.connection.request("POST", self.url.path, self.body, self.headers)
        response = self.connection.getresponse()
        response.read(1)
        first = time.perf_counter()
        response.read()
        assert response.status == 200
        return (first - start) * 1000, (time.perf_counter() - start) * 1000


def direct(model, stream=False):
    request = {"model": "m", "prompt": json.loads(BODY)["prompt"], "suffix": "", "max_tokens": 64, "stream": stream}
    return Caller(model + "/v1/fim/completions", json.dumps(request), {"Authorization": f"Bearer {KEY}"})


def p99(values):
    return sorted(values)[int(len(values) * 0.99) - 1]


def cold(bootstrap, model, rounds):
    times = []
    for _ in range(rounds):
        with gateway(bootstrap, model) as (_, log):
            times.append(readiness(log)[1])
    return statistics.median(times)


def warm(model, calls):
    """Overheads over the model's own time (median, p99), and memory after a tenth and after all calls."""
    with gateway(OURS, model) as (our_url, our_log), gateway(NODE, model) as (node_url, node_log):
        callers = {"model": direct(model), "ours": Caller(our_url, BODY), "node": Caller(node_url, BODY)}
        times = {name: [] for name in callers}
        early = {}
        for number in range(calls):
            for name, caller in callers.items():
                times[name].append(caller.call()[1])
            if number == calls // 10:
                early = {"ours": memory(readiness(our_log)[0]), "node": memory(readiness(node_log)[0])}
        late = {"ours": memory(readiness(our_log)[0]), "node": memory(readiness(node_log)[0])}
    base = statistics.median(times["model"]), p99(times["model"])
    overhead = {name: (statistics.median(times[name]) - base[0], p99(times[name]) - base[1]) for name in ("ours", "node")}
    return overhead, early, late


def first_byte(model, calls):
    with gateway(OURS, model, "--door", "url", "--stream", FIM_INVOKE_MODE="response_stream") as (url, _):
        ours, base = Caller(url, STREAM), direct(model, stream=True)
        pairs = [(ours.call()[0], base.call()[0]) for _ in range(calls)]
    return statistics.median(o for o, _ in pairs) - statistics.median(b for _, b in pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--cold-starts", type=int, default=20)
    arguments = parser.parse_args()
    with started(BIN / "fim-stand-in", "--key", KEY) as (model, _):
        ours_cold, node_cold = cold(OURS, model, arguments.cold_starts), cold(NODE, model, arguments.cold_starts)
        overhead, early, late = warm(model, arguments.calls)
        streamed = first_byte(model, arguments.calls // 4)
    package = ROOT / f"dist/fim-lambda-{platform.machine().replace('aarch64', 'arm64')}.zip"
    rows = [
        ("exec to the first `next`, median", f"{ours_cold:.1f} ms", f"{node_cold:.1f} ms"),
        ("warm overhead over the model, median", f"{overhead['ours'][0]:.2f} ms", f"{overhead['node'][0]:.2f} ms"),
        ("the same, p99", f"{overhead['ours'][1]:.2f} ms", f"{overhead['node'][1]:.2f} ms"),
        (f"memory (RSS) after {arguments.calls} calls", f"{late['ours']:.1f} MB", f"{late['node']:.1f} MB"),
        ("growth over the last nine tenths of them", f"{late['ours'] - early['ours']:.1f} MB", f"{late['node'] - early['node']:.1f} MB"),
        ("first streamed byte after the model's", f"{streamed:.2f} ms", "does not stream"),
        ("package", f"{package.stat().st_size / 1e6:.2f} MB", "a few kB"),
    ]
    print("| what | fim-lambda | Node handler |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


main()
