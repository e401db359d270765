"""TLS to the model: only a certificate of a trusted authority for the right name is good enough."""

import http.server
import json
import pathlib
import ssl
import subprocess
import tempfile
import threading
import unittest

import harness
from harness import STATIC, TEXT, curl, settings


class Model(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"choices": [{"message": {"content": TEXT}, "finish_reason": "stop"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def certificate(folder, name):
    """A self-signed certificate for the name; (certificate, key)."""
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-out", paths[0], "-keyout", paths[1]],
                   check=True, capture_output=True)
    return paths


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.good = certificate(cls.folder, "localhost")
        cls.other = certificate(cls.folder, "elsewhere.example")
        for name, path in (("good", cls.good[0]), ("other", cls.other[0])):
            (cls.folder / name).mkdir()
            done = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", path], check=True, capture_output=True, text=True)
            (cls.folder / name / f"{done.stdout.strip()}.0").write_bytes(path.read_bytes())

    def answer(self, served, ca_path):
        """What a request gets when the model shows this certificate and this is trusted."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*served)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(lambda: (server.shutdown(), server.server_close()))
        env = settings(f"https://localhost:{server.server_port}", FIM_CA_PATH=str(ca_path))
        with harness.program(STATIC, "serve", env=env) as (url, _):
            answers = [curl(url, '{"prompt": "a"}') for _ in range(2)]  # the second one reuses the connection
        self.assertEqual(answers[0], answers[1])
        status, _, body = answers[0]
        return status, json.loads(body).get("completion") or json.loads(body)["error"]

    def test_trusted(self):
        self.assertEqual(self.answer(self.good, self.folder / "good"), (200, TEXT))
        self.assertEqual(self.answer(self.good, self.good[0]), (200, TEXT))

    def test_not_trusted(self):
        failed = (502, "Codestral error: connection failed")
        self.assertEqual(self.answer(self.good, self.folder / "other"), failed)
        self.assertEqual(self.answer(self.good, "/etc/ssl/certs"), failed)
        self.assertEqual(self.answer(self.good, self.folder / "missing"), failed)

    def test_wrong_name(self):
        failed = (502, "Codestral error: connection failed")
        self.assertEqual(self.answer(self.other, self.folder / "other"), failed)


if __name__ == "__main__":
    unittest.main()
