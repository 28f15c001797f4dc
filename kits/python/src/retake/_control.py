"""What the kit uses of the control API: docs/control-api.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import Any, Optional, TypedDict
from urllib.parse import urlsplit

from retake._retake import Fault, RetakeError


class Session(TypedDict):
    id: str
    cassette: Optional[str]
    mode: str
    urls: dict[str, str]
    environment: dict[str, str]


class Miss(TypedDict):
    key: str
    message: str


class UnusedTake(TypedDict):
    cassette: str
    key: str
    take: int
    question: str


class Verdict(TypedDict):
    missed: int
    misses: list[Miss]
    used: list[Any]
    unused: list[UnusedTake]


class Failure(TypedDict):
    code: str
    message: str


class Outcome(TypedDict):
    verdict: Verdict
    failures: list[Failure]


class ControlClient:
    """A client of the control API of a retake at this address. It needs no proxy, and no client that a test may replace."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80

    def create_session(
        self,
        name: str,
        *,
        cassette: str | None = None,
        parent: str | None = None,
        faults: Sequence[Fault] = (),
    ) -> Session:
        # The end of a name says more than its beginning.
        body: dict[str, Any] = {"name": name[-500:] or "a test"}
        if cassette is not None:
            body["cassette"] = cassette
        if parent is not None:
            body["parent"] = parent
        if faults:
            body["faults"] = list(faults)
        session: Session = self._call("POST", "/sessions", body)
        return session

    def outcome_of(self, session: str) -> Outcome:
        outcome: Outcome = self._call("GET", f"/sessions/{session}")
        return outcome

    def end_session(self, session: str) -> Outcome:
        outcome: Outcome = self._call("DELETE", f"/sessions/{session}")
        return outcome

    def verdict(self) -> Verdict:
        """The outcome of all requests to the server."""
        verdict: Verdict = self._call("GET", "/verdict")
        return verdict

    def _call(self, method: str, path: str, body: object = None) -> Any:
        connection = HTTPConnection(self._host, self._port, timeout=60)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, f"/_retake/v1{path}", sent, {"content-type": "application/json"})
            response = connection.getresponse()
            status, text = response.status, response.read()
        except OSError as error:
            raise RetakeError(f"retake at {self.address} does not answer: {error}") from error
        finally:
            connection.close()
        answer = json.loads(text)
        if status < 400:
            return answer
        reason = answer["error"]
        raise RetakeError("retake: " + ". ".join(filter(None, [reason["message"], reason.get("hint")])))
