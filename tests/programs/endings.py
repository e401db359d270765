"""The end of input, or a signal, at awkward moments: within a second the daemon and its children are gone."""

import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time

from daemon import PATIENCE, Daemon
from endpoints import Endpoint, forever

SECOND = 3.0  # and what sanitizers take on a busy machine to say that all is well
SILENT = "sleep 1000 & wait"


def eventually(condition, what):
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, what
        time.sleep(0.01)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def closes(daemon):
    daemon.process.stdin.close()
    return daemon.ends_within(SECOND)


def silent_endpoint(program):
    endpoint = Endpoint(lambda: forever(b"", b"", 0.05))
    with Daemon(program) as daemon:
        daemon.initialize(endpoint=endpoint.url)
        daemon.open("int total = ")
        daemon.ask(0, 12)
        time.sleep(0.2)
        assert closes(daemon) == 1
    endpoint.close()


def backend_that(script):
    """The end while a bundled backend does as the shell script says."""

    def run(program):
        with tempfile.TemporaryDirectory() as folder:
            backend, pid_file = pathlib.Path(folder, "backend"), pathlib.Path(folder, "pid")
            backend.write_text(f"#!/bin/sh\necho $$ >{pid_file}.new && mv {pid_file}.new {pid_file}\n{script}\n")
            backend.chmod(0o755)
            with Daemon(program, CODESTRAL_API_KEY="none", FIMD_BACKEND=str(backend)) as daemon:
                daemon.initialize()
                daemon.open("int total = ")
                daemon.ask(0, 12)
                eventually(pid_file.exists, "the backend was not started")
                pid = int(pid_file.read_text())
                assert closes(daemon) == 1
                eventually(lambda: not is_running(pid), "the backend lives on")

    return run


def unread_output(program):
    with Daemon(program, reads=False) as daemon:
        for _ in range(5000):
            daemon.body(b"[]")
        assert closes(daemon) == 1


def more_unread_output(program):
    """So much that fimd has stopped reading."""
    with Daemon(program, reads=False) as daemon:
        daemon.body(b"[]")
        assert daemon.process.stdout.readline().startswith(b"Content-Length"), "it has not started"
        stdin = daemon.process.stdin.fileno()
        os.set_blocking(stdin, False)
        while select.select([], [stdin], [], 2)[1]:
            os.write(stdin, b"Content-Length: 2\r\n\r\n[]" * 100)
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.ends_within(SECOND) == 1


def the_editor_dies(program):
    """Named on the command line or in `initialize`; its pipes stay open, as when a child of it holds them."""
    for arguments, process_id in ((["--clientProcessId", "{}"], lambda _: None), ([], lambda pid: pid)):
        with subprocess.Popen(["sleep", "1000"]) as editor:
            with Daemon(program, *(argument.format(editor.pid) for argument in arguments)) as daemon:
                params = {"processId": process_id(editor.pid), "capabilities": {}}
                assert "result" in daemon.call("initialize", params)
                editor.kill()
                editor.wait()
                assert daemon.ends_within(5 + SECOND) == 1


def signals(program):
    for number in (signal.SIGTERM, signal.SIGINT):
        with Daemon(program) as daemon:
            daemon.initialize(endpoint="http://127.0.0.1:1/fim")
            daemon.process.send_signal(number)
            assert daemon.ends_within(SECOND) == 1


def signal_to_a_pipe(program):
    endpoint = Endpoint(lambda: forever(b"", b"", 0.05))
    with Daemon(program, "--ndjson", reads=False, FIMD_ENDPOINT=endpoint.url) as daemon:
        daemon.raw(b'{"jsonrpc": "2.0", "id": 1, "method": "fim/complete", "params": {"prefix": "a = "}}\n')
        daemon.process.stdin.close()
        time.sleep(0.5)
        assert daemon.process.poll() is None, "it did not wait for the answer"
        daemon.process.send_signal(signal.SIGTERM)
        daemon.ends_within(SECOND)
    endpoint.close()


CASES = [
    ("end: while an endpoint is silent", silent_endpoint),
    ("end: while the backend starts", backend_that(SILENT)),
    ("end: while the backend ignores signals", backend_that("trap '' TERM INT HUP\n" + SILENT)),
    ("end: while the backend does not serve", backend_that("echo http://127.0.0.1:1/fim\n" + SILENT)),
    ("end: while the backend dies at once", backend_that("exit 1")),
    ("end: while nobody reads the output", unread_output),
    ("end: by a signal, while nobody reads the output", more_unread_output),
    ("end: with the editor's process", the_editor_dies),
    ("end: by a signal", signals),
    ("end: by a signal, while a pipe waits for its answer", signal_to_a_pipe),
]
