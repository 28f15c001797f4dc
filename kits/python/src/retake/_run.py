from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from retake._control import ControlClient, Outcome, Session
from retake._messages import describe_misses
from retake._retake import Fault, Retake, Urls
from retake._server import Server


class Run:
    """The tests of this process: the retake that they use, and their sessions.

    The process has a session, whose base URLs are in the environment: so clients that were created once are counted in the test that runs.
    """

    def __init__(self, address: str, *, name: str, server: Server | None = None) -> None:
        self.server = server
        self.control = ControlClient(address)
        self._whole = self.control.create_session(name)
        self._open: list[Session] = []
        self._told_count = 0
        self._told: set[str] = set()

    @property
    def environment(self) -> Mapping[str, str]:
        return _parsable(self._whole["environment"])

    @property
    def is_in_test(self) -> bool:
        return bool(self._open)

    def begin(self, name: str, *, cassette: str | None, faults: Sequence[Fault] = ()) -> Session:
        """Begins a test, or a part of the test that runs."""
        parent = self._open[-1] if self._open else self._whole
        session = self.control.create_session(name, cassette=cassette, parent=parent["id"], faults=faults)
        self._open.append(session)
        return session

    def end(self, session: Session) -> Outcome:
        outcome = self.control.end_session(session["id"])
        self._open.remove(session)
        if not self._open:
            self._told_count += outcome["verdict"]["missed"]
        self._told.update(miss["key"] for miss in outcome["verdict"]["misses"])
        return outcome

    def end_all(self, whose: str, advice: str) -> str | None:
        """Ends the session of the process. The result names misses that belong to no test."""
        outcome = self.control.end_session(self._whole["id"])
        verdict = outcome["verdict"]
        verdict["misses"] = [miss for miss in verdict["misses"] if miss["key"] not in self._told]
        verdict["missed"] -= self._told_count
        return describe_misses(whose, outcome, advice)

    def close(self) -> None:
        if self.server:
            self.server.close()


def open_run(*, name: str, mode: str, cassettes: Path, directory: Path) -> Run:
    """Connects to the retake at RETAKE_URL, or to one that it starts."""
    running = os.environ.get("RETAKE_URL")
    if running:
        return Run(running, name=name)
    server = Server(cassettes=cassettes, mode=mode, directory=directory)
    try:
        return Run(server.address, name=name, server=server)
    except BaseException:
        server.close()
        raise


def retake_of(session: Session) -> Retake:
    return Retake(
        urls=Urls(**_parsable(session["urls"])),
        environment=_parsable(session["environment"]),
        cassette=session["cassette"] or "default",
        mode=session["mode"],
    )


def _parsable(urls: Mapping[str, str]) -> dict[str, str]:
    """google-genai takes what follows a semicolon for parameters of the address, and moves it to the end of the path."""
    return {name: url.replace(";session=", "%3Bsession=") for name, url in urls.items()}


@contextmanager
def variables(environment: Mapping[str, str]) -> Iterator[None]:
    """Points the SDKs of this process to retake. API keys that are set stay: a provider that is recorded asks for them."""
    wanted = {name: value for name, value in environment.items() if not (name.endswith("_KEY") and os.environ.get(name))}
    wanted.update(_proxy_exemption())
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _proxy_exemption() -> dict[str, str]:
    """Where requests go through an HTTP proxy, those to retake must not."""
    if not any(os.environ.get(name) for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]):
        return {}
    exempt = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
    value = ",".join(filter(None, [exempt, "127.0.0.1", "localhost"]))
    return {"NO_PROXY": value, "no_proxy": value}
