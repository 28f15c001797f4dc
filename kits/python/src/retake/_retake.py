"""What the tests see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

#: The name of a fault, or a rule as in `retake.config.json`.
Fault = Union[str, Mapping[str, Any]]


class RetakeError(Exception):
    """retake cannot be started, or it refuses what a test wants of it."""


class CassetteMiss(AssertionError):
    """A request of a test has no recording. The message explains it and names the nearest recording."""


@dataclass(frozen=True)
class Urls:
    """The base URLs, as the SDKs of each API take them."""

    gemini: str
    openai: str
    anthropic: str


@dataclass(frozen=True)
class Retake:
    """The session of one test."""

    urls: Urls
    """The base URLs of this test, for clients that are given one."""
    environment: Mapping[str, str]
    """The variables that make unchanged SDKs use this test, for programs that it starts."""
    cassette: str
    mode: str
