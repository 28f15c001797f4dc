from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from retake._control import Verdict
from retake._program import program
from retake._retake import RetakeError


def remove_unused(cassette: Path, verdict: Verdict, directory: Path) -> None:
    """Removes the takes of a cassette that a whole, successful run of its tests did not request, as `retake prune` does."""
    own = {
        "used": [take for take in verdict["used"] if take["cassette"] == cassette.stem],
        "unused": [take for take in verdict["unused"] if take["cassette"] == cassette.stem],
    }
    run = {"version": 1, "command": [], "mode": "auto", "cassette": str(cassette), "exitCode": 0, "commandExit": {"code": 0}}
    with tempfile.TemporaryDirectory(prefix="retake-unused-") as folder:
        report = Path(folder, "report.json")
        report.write_text(json.dumps({**run, **verdict, **own}), encoding="utf-8")
        words = [*program(), "prune", str(cassette), "--unused", str(report), "--write"]
        pruned = subprocess.run(words, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if pruned.returncode != 0:
        raise RetakeError(f"retake: the unused takes could not be removed: {pruned.stderr.strip()}")
