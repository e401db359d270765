"""The packages: static, alone in an empty root, the same bytes twice; x86_64 natively and arm64 under qemu-user."""

import hashlib
import json
import shutil
import subprocess
import unittest
import zipfile

import harness
from harness import STATIC, TEXT, curl, gateway, settings, stand_in, unpacked

ARM = harness.ROOT / "build/lambda-arm64/bin/fim-lambda"


class Package(unittest.TestCase):
    def output(self, *command):
        return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True).stdout

    def test_static(self):
        for binary in (STATIC, ARM):
            self.assertIn("statically linked", self.output("file", binary))
            self.assertNotIn("NEEDED", self.output("readelf", "-d", binary))

    def test_small(self):
        for arch in ("x86_64", "arm64"):
            self.assertLess(harness.package(arch).stat().st_size, 3_000_000)

    def test_contents(self):
        for arch in ("x86_64", "arm64"):
            entries = zipfile.ZipFile(harness.package(arch)).infolist()
            self.assertEqual(entries[0].filename, "bootstrap")
            self.assertEqual(entries[0].external_attr >> 16, 0o100755)
            self.assertGreater(len(entries), 100)
            self.assertEqual({entry.external_attr >> 16 for entry in entries[1:]}, {0o100644})

    def test_deterministic(self):
        before = harness.package("x86_64").read_bytes()
        shutil.rmtree(harness.ROOT / "build/lambda/lambda")  # every object of the function is compiled anew
        again = harness.ROOT / "build/again.zip"
        self.output(harness.ROOT / "lambda/package", "--arch", "x86_64", "--out", again)
        self.assertEqual(hashlib.sha256(again.read_bytes()).digest(), hashlib.sha256(before).digest())

    def test_empty_root(self):
        with unpacked("x86_64") as root, stand_in() as (model, _):
            # A name space of its own, so that any user may change its root.
            bootstrap = ["unshare", "--user", "--map-root-user", "chroot", root, "/var/task/bootstrap"]
            with gateway(bootstrap, env=settings(model, FIM_AUTH="none")) as (url, _):
                status, _, answer = curl(url, '{"prompt": "a"}')
                self.assertEqual((status, json.loads(answer)["completion"]), (200, TEXT))

    def test_arm64(self):
        with unpacked("arm64") as root, stand_in() as (model, _):
            bootstrap = ["qemu-aarch64-static", root / "var/task/bootstrap"]
            with gateway(bootstrap, env=settings(model, FIM_AUTH="none")) as (url, _):
                status, _, answer = curl(url, '{"prompt": "a"}')
                self.assertEqual((status, json.loads(answer)["completion"]), (200, TEXT))


if __name__ == "__main__":
    unittest.main()
