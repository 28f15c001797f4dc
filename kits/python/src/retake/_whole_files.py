"""Which test files ran wholly: only those may call a recorded answer unused, and remove it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class TestFile:
    """What is known of a test file after a run."""

    #: The names of its tests that use retake, with the cassette that its path gives.
    tests: set[str] = field(default_factory=set)
    #: Whether some of its tests were left out, or use a cassette that other files may use, too.
    is_partial: bool = False


@dataclass
class WholeFiles:
    """Collects what the processes of a run know of its test files: by paths in the project."""

    files: dict[str, TestFile] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    not_passed: set[str] = field(default_factory=set)

    def file(self, path: str) -> TestFile:
        return self.files.setdefault(path, TestFile())

    def paths(self) -> list[str]:
        """The paths of the files all of whose tests ran and passed."""
        good = self.passed - self.not_passed
        return sorted(path for path, file in self.files.items() if file.tests and not file.is_partial and file.tests <= good)

    def as_message(self) -> dict[str, Any]:
        """For another process."""
        return {path: [sorted(file.tests), file.is_partial] for path, file in self.files.items()}

    def add_message(self, message: dict[str, Any]) -> None:
        for path, (tests, is_partial) in message.items():
            file = self.file(path)
            file.tests.update(tests)
            file.is_partial |= is_partial
