"""A FIM endpoint on loopback that knows what the user is about to write."""

import http.server
import json
import sys
import threading
import time

# Whole texts; the completion of a line that begins one of them is what is left of it.
KNOWN = [
    "def add(a, b):\n    return a + b",
    "total = price * amount",
    "show(first, second)",
    'party = "🎉🎉" + greeting',
    "SECRET_KEY = hidden",
]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A daemon that hangs up, as it may at any time, is nothing to report; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Endpoint:
    """`delay` is how many seconds an answer takes."""

    def __init__(self):
        self.delay = 0.0
        self.stopped = False
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if endpoint.stopped:  # a connection that was kept open
                    self.close_connection = True
                    return
                time.sleep(endpoint.delay)
                answer = {"success": True, "completion": completion(request), "model": "known", "provider": "test"}
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/fim"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.stopped = True
        self.server.shutdown()
        self.server.server_close()


def completion(request):
    """What is left of the known text that the prompt ends with the beginning of."""
    line = request["prompt"].rsplit("\n", 1)[-1].lstrip()
    for text in KNOWN:
        if len(line) >= 3 and text.startswith(line):
            return text[len(line) :]
    return ""
