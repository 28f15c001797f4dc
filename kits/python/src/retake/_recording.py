"""For unittest, and for scripts."""

from __future__ import annotations

import atexit
import inspect
import os
import unittest
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from retake._cassette_names import cassette_name_of
from retake._messages import describe_misses
from retake._retake import CassetteMiss, Fault, Retake, RetakeError
from retake._run import Run, open_run, retake_of, variables

#: The run of this process, which pytest or the first recording has opened.
current: Run | None = None


def start() -> None:
    """Points the SDKs of this process to retake, until it ends. Needed before a module is imported that creates its client at import."""
    context = ExitStack()
    context.enter_context(variables(_run().environment))
    atexit.register(context.close)


@contextmanager
def recording(
    test: unittest.TestCase | None = None,
    *,
    cassette: str | None = None,
    faults: Sequence[Fault] = (),
) -> Iterator[Retake]:
    """Gives a test a session with the cassette of its file, or with the one that is named.

    Raises `CassetteMiss` at its end if a request has no recording, even if the application has caught the error.
    """
    if cassette is None and test is None:
        raise RetakeError("retake: recording needs a test, as recording(self), or a cassette, as recording(cassette='chat')")
    run = _run()
    if cassette is None and test is not None and not run.is_in_test:
        cassette = cassette_name_of(os.path.relpath(inspect.getfile(type(test))))
    name = test.id() if test is not None else f"recording of {cassette}"
    advice = f"RETAKE_MODE=auto python -m unittest {test.id() if test is not None else ''}".strip()
    session = run.begin(name, cassette=cassette, faults=faults)
    error: BaseException | None = None
    try:
        with variables(run.environment):
            yield retake_of(session)
    except BaseException as raised:
        error = raised
        raise
    finally:
        explanation = describe_misses("this test", run.end(session), advice)
        if explanation is not None and (error is None or isinstance(error, Exception)):
            raise CassetteMiss(explanation) from error


def _run() -> Run:
    global current
    if current is None:
        mode = os.environ.get("RETAKE_MODE") or "replay"
        directory = Path.cwd()
        cassettes = directory / (os.environ.get("RETAKE_CASSETTE") or "cassettes")
        current = open_run(name="Python", mode=mode, cassettes=cassettes, directory=directory)
        atexit.register(current.close)
    return current
