#!/usr/bin/env python3
"""Drives the real editors on screen against the real daemon. Closes with one line: "N passed, N failed".

usage: tests/editors/run.py --daemon PROGRAM [--pictures] [WORD...]

Runs the tests whose name contains every WORD. What the first test of each editor shows goes to build/editors/pictures,
and with --pictures to docs/pictures too.
"""

import argparse
import importlib
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
IN_DOCS = ("nvim 0.12", "vim", "emacs")
MODULES = ["nvim.neovim", "vim.vim", "emacs.emacs"]

sys.path.insert(0, str(HERE))
import scenarios  # noqa: E402


def run(editor_class, scenario, daemon):
    """None, or what went wrong; and the editor's picture, if it took one."""
    setting = {"program": daemon} | scenarios.SETTING.get(scenario.__name__, {})
    editor = None
    try:
        editor = editor_class(**setting)
        scenario(editor)
        return None, getattr(editor, "picture", None)
    except Exception as fault:  # a test that fails must not stop the others
        where = traceback.extract_tb(fault.__traceback__)[-1]
        screen = editor.screen.text() if editor else ""
        return f"{fault} (line {where.lineno} of {pathlib.Path(where.filename).name})\n{screen.rstrip()}", None
    finally:
        if editor:
            editor.close()


def keep(picture, label, in_docs):
    folder = ROOT / "build" / "editors" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{label.replace(' ', '-')}.svg").write_text(picture)
    if in_docs and label in IN_DOCS:
        (ROOT / "docs" / "pictures" / f"{label.split()[0]}.svg").write_text(picture)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--daemon", required=True)
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    passed = failed = 0
    for editor_class in [editor for name in MODULES for editor in importlib.import_module(name).EDITORS_HERE]:
        for scenario in editor_class.only or (*scenarios.ALL, *editor_class.more):
            name = f"{editor_class.label}: {scenario.__name__.replace('_', ' ')}"
            if scenario.__name__ in editor_class.lacks or not all(word in name for word in options.words):
                continue
            begin = time.monotonic()
            fault, picture = run(editor_class, scenario, options.daemon)
            passed, failed = passed + (not fault), failed + bool(fault)
            print(f"{'FAILED' if fault else 'ok    '} {name} ({time.monotonic() - begin:.1f} s)", flush=True)
            if fault:
                print(fault, flush=True)
            if picture:
                keep(picture, editor_class.label, options.pictures)
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
