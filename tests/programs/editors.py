"""An editor that sends what it should not."""

import copy
import json

from daemon import EXAMPLES, URI, Daemon

# What stands in memory at most beside the message: sanitizers double it and keep freed memory for a while.
BOUND_MB = 1100
NOWHERE = "http://127.0.0.1:1/fim"


def lives(daemon):
    reply = daemon.call("no/such/method", None)
    assert reply["error"]["code"] == -32601, reply


def oversized_frames(program):
    with Daemon(program) as daemon:
        daemon.initialize(endpoint=NOWHERE)
        before = daemon.memory_mb()
        daemon.raw(b"Content-Length: 300000000\r\n\r\n")
        for _ in range(300):
            daemon.raw(b"x" * 1_000_000)
        reply = daemon.next_reply()
        assert reply["id"] is None and reply["error"]["code"] == -32600, reply
        lives(daemon)
        assert daemon.memory_mb() < before + 50, daemon.memory_mb()


def endless_header(program):
    with Daemon(program) as daemon:
        daemon.initialize(endpoint=NOWHERE)
        before = daemon.memory_mb()
        for _ in range(50):
            daemon.raw(b"X-Header: y\r\n" * 80_000)
        reply = daemon.next_reply()
        assert reply["id"] is None and reply["error"]["code"] == -32700, reply
        lives(daemon)
        assert daemon.memory_mb() < before + 50, daemon.memory_mb()


def document_of_100_mb(program):
    """Over the frame's limit whole; as an accepted frame of 60 MB; grown edit by edit."""
    with Daemon(program) as daemon:
        daemon.initialize(endpoint=NOWHERE)
        daemon.open("int value = 1;\n" * 7_000_000)
        assert daemon.next_reply()["error"]["code"] == -32600
        daemon.open("int value = 1;\n" * 4_000_000)
        assert daemon.complete(0, 0) == []
        daemon.open("", uri="file:///grown.cpp")
        for _ in range(100):
            daemon.insert("int value = 1;\n" * 66_000, uri="file:///grown.cpp")
        assert daemon.complete(0, 0, uri="file:///grown.cpp") == []
        assert daemon.said("larger than 10000000 bytes") == 2, daemon.notifications
        lives(daemon)
        assert daemon.memory_mb() < BOUND_MB, daemon.memory_mb()


def many_values(program):
    """Small text that is large once parsed."""
    with Daemon(program) as daemon:
        daemon.initialize(endpoint=NOWHERE)
        for piece in (b"[],", b"{},", b"0,", b'{"a":{}},'):
            daemon.body(b'{"jsonrpc":"2.0","id":7,"method":"x","params":[' + piece * (50_000_000 // len(piece)) + b"0]}")
            reply = daemon.next_reply()
            assert reply["id"] is None and reply["error"]["code"] == -32700, reply
        lives(daemon)
        assert daemon.memory_mb() < BOUND_MB, daemon.memory_mb()


WRONG = [None, True, -1, 1.5, 1e300, 2**63, "", "x", "\ud800\u0000", [], [[]], {}, {"uri": 5}]


def variants(value):
    """Copies of a message with one part of the wrong type, or missing."""
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            for wrong in WRONG:
                changed = copy.copy(value)
                changed[key] = wrong
                yield changed
            if isinstance(value, dict):
                yield {name: part for name, part in value.items() if name != key}
            for part in variants(value[key]):
                changed = copy.copy(value)
                changed[key] = part
                yield changed


def wrong_types(program):
    """Every part of every message of an editor, replaced by every wrong thing."""
    with Daemon(program) as daemon:
        daemon.initialize(endpoint=NOWHERE)
        asked = 0
        for path in sorted(EXAMPLES.glob("editor-*.json")):
            example = json.loads(path.read_text())
            if example["from"] != "editor" or example["method"] in ("shutdown", "exit"):
                continue
            for params in variants(example["message"].get("params")):
                message = {**example["message"], "params": params}
                if example["kind"] == "request":
                    asked += 1
                    message["id"] = f"wrong {asked}"
                daemon.send(**message)
        for envelope in variants({"jsonrpc": "2.0", "method": "x", "params": {}, "result": [], "error": {}}):
            daemon.send(**envelope)
        last = daemon.request("no/such/method", None)
        answered = {}
        while (reply := daemon.next_reply())["id"] != last:
            answered[reply["id"]] = answered.get(reply["id"], 0) + 1
        daemon.send(id=1000, method="shutdown")
        while (reply := daemon.next_reply())["id"] != 1000:
            answered[reply["id"]] = answered.get(reply["id"], 0) + 1
        answered.pop(None, None)
        assert asked > 300 and len(answered) == asked, f"{len(answered)} of {asked} requests were answered"
        assert set(answered.values()) == {1}, "a request was answered twice"
        daemon.send(method="exit")
        assert daemon.ends_within(2) == 0


def odd_places(program):
    with Daemon(program) as daemon:
        daemon.initialize(endpoint=NOWHERE)
        daemon.open("a\r\nb\rc\n\U0001f389é\x00\n")
        far = 2**31
        for line in (0, 1, 2, 3, 4, 99, far):
            for character in (0, 1, 2, 99, far):
                assert daemon.complete(line, character) == []
                daemon.insert("x", line, character)
                start, end = {"line": line, "character": character}, {"line": 0, "character": 0}
                changes = [{"range": {"start": start, "end": end}, "text": "a\r\n\U0001f389"}]
                params = {"textDocument": {"uri": URI, "version": 1}, "contentChanges": changes}
                daemon.send(method="textDocument/didChange", params=params)
        assert daemon.complete(0, 0, uri="file:///never_opened") == []
        for uri in ("", "::", "file:///%ff%00", "file://" + "a/" * 100_000, "untitled:\ud800"):
            daemon.open("text", uri)
            daemon.insert("more", uri=uri)
            assert daemon.complete(0, 4, uri) == []
        lives(daemon)


def bytes_of_no_encoding(program):
    with Daemon(program) as daemon:
        daemon.initialize(endpoint=NOWHERE)
        for body in (b"\xff\xfe{}", b'{"a":"\xc0\x80"}', b'{"a":"\xed\xa0\x80"}', b"\x00", b"{", b"nul", b'"\\u12"', b"1e9999"):
            daemon.body(body)
            reply = daemon.next_reply()
            assert reply["id"] is None and reply["error"]["code"] in (-32700, -32600), reply
        lives(daemon)


CASES = [
    ("editor: frames of 300 MB", oversized_frames),
    ("editor: a header without end", endless_header),
    ("editor: a document of 100 MB", document_of_100_mb),
    ("editor: millions of tiny values", many_values),
    ("editor: every field of every message of the wrong type", wrong_types),
    ("editor: places and names that do not exist", odd_places),
    ("editor: bytes that are no text", bytes_of_no_encoding),
]
