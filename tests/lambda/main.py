"""Runs the tests of this folder and counts them as scripts/test expects."""

import os
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))
# The CLI of the virtual environment, and no account of whoever runs this.
os.environ["PATH"] = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])
for name in [name for name in os.environ if name.startswith(("AWS_", "FIM_"))]:
    del os.environ[name]

suite = unittest.defaultTestLoader.discover(str(here), pattern=sys.argv[1] if len(sys.argv) > 1 else "test_*.py")
result = unittest.TextTestRunner(verbosity=2).run(suite)
failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
print(f"{result.testsRun - failed} passed, {failed} failed")
sys.exit(failed > 0)
