"""The plugin for pytest: docs/pytest.md."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from retake import _recording
from retake._cassette_names import cassette_name_of
from retake._control import Outcome, Session
from retake._messages import describe_misses, describe_unused
from retake._prune import remove_unused
from retake._retake import Retake, RetakeError
from retake._run import Run, open_run, retake_of, variables
from retake._whole_files import WholeFiles

#: The variable in which the main process of pytest-xdist passes the address of retake to its workers.
_RUN_VARIABLE = "PYTEST_RETAKE_RUN"
_MODES = ["replay", "auto", "record", "passthrough"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("retake", "retake: recorded answers of model APIs")
    group.addoption("--retake-mode", choices=_MODES, help="mode of retake (default: replay)")
    group.addoption(
        "--retake-update",
        action="store_true",
        help="record what is missing; remove unused takes of test files whose tests all ran and passed",
    )
    parser.addini("retake", "give every test a session, not only those with the fixture or the marker", "bool", False)
    parser.addini("retake_cassettes", "folder of the cassettes (default: cassettes)", default="cassettes")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Before any module of the project is imported: clients that are created at import find their addresses in the environment."""
    early_config.stash[_plugin_key] = plugin = _Plugin(early_config)
    options = early_config.known_args_namespace
    only_tells = any(getattr(options, name, False) for name in ["help", "version", "collectonly", "showfixtures", "markers"])
    if early_config.getini("retake") and not only_tells:
        plugin.open()
        plugin.set_variables()
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "retake(cassette=None, faults=()): give the test a session of retake, with this cassette instead of that of its file, and with faults",
    )
    # In a process that loads the plugin later: with `-p` in a configuration, or from a conftest.py.
    plugin = config.stash.setdefault(_plugin_key, _Plugin(config))
    config.pluginmanager.register(plugin, "retake-run")
    if config.pluginmanager.hasplugin("dsession") and not config.option.collectonly:
        # The workers of pytest-xdist share one retake, because the tests of a file may run in several of them.
        plugin.open()


def pytest_unconfigure(config: pytest.Config) -> None:
    if plugin := config.stash.get(_plugin_key, None):
        plugin.close()


@pytest.fixture
def retake(request: pytest.FixtureRequest) -> Retake:
    """The session of this test: its base URLs, and the environment for programs that it starts."""
    plugin = request.config.stash[_plugin_key]
    return retake_of(plugin.session_of(request.node))


class _Plugin:
    """The hooks of one run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._run: Run | None = None
        self._context = ExitStack()
        self._files = WholeFiles()
        self._notices: list[str] = []
        self._failure: str | None = None

    @property
    def _is_worker(self) -> bool:
        return "PYTEST_XDIST_WORKER" in os.environ and _RUN_VARIABLE in os.environ

    @property
    def _updates(self) -> bool:
        return bool(self._config.getoption("--retake-update"))

    def open(self) -> Run:
        if self._run:
            return self._run
        if self._is_worker:
            self._run = Run(os.environ[_RUN_VARIABLE], name=f"pytest {os.environ['PYTEST_XDIST_WORKER']}")
        else:
            self._run = self._open_run()
            self._set(_RUN_VARIABLE, self._run.control.address)
        _recording.current = self._run
        return self._run

    def _open_run(self) -> Run:
        root = self._config.rootpath
        options = self._config.known_args_namespace
        mode = options.retake_mode or os.environ.get("RETAKE_MODE") or ("auto" if options.retake_update else "replay")
        if options.retake_update and mode in ("replay", "passthrough"):
            raise pytest.UsageError(f"retake: --retake-update records what is missing, but the mode is {mode}. Leave out one of them.")
        cassettes = root / self._config.getini("retake_cassettes")
        try:
            return open_run(name="pytest", mode=mode, cassettes=cassettes, directory=root)
        except RetakeError as error:
            raise pytest.UsageError(str(error)) from error

    def set_variables(self) -> None:
        self._context.enter_context(variables(self.open().environment))

    def close(self) -> None:
        self._context.close()
        if self._run:
            self._run.close()
            if _recording.current is self._run:
                _recording.current = None
            self._run = None

    # Tests

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if self._uses_retake(item):
            self.session_of(item)

    def session_of(self, item: pytest.Item) -> Session:
        """The session of a test that runs. It begins with the first fixture of the test, and ends with the last one."""
        if test := item.stash.get(_test_key, None):
            return test.session
        run = self.open()
        context = ExitStack()
        context.enter_context(variables(run.environment))
        try:
            arguments = _arguments_of(item)
            cassette = arguments.get("cassette") or cassette_name_of(self._path_of(item))
            session = run.begin(item.nodeid, cassette=cassette, faults=arguments.get("faults", ()))
        except RetakeError as error:
            context.close()
            pytest.fail(str(error), pytrace=False)
        item.stash[_test_key] = _Test(session, context)
        return session

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        test = item.stash.get(_test_key, None)
        if test is None or self._run is None:
            return report
        if report.when == "teardown":
            outcome = self._run.end(test.session)
            test.context.close()
            del item.stash[_test_key]
        elif report.when == "call" or report.failed:
            outcome = self._run.control.outcome_of(test.session["id"])
        else:
            # The test itself reports what its fixtures missed.
            return report
        if (explanation := self._explain(item, test, outcome)) is not None:
            _fail(report, explanation)
        return report

    def _explain(self, item: pytest.Item, test: _Test, outcome: Outcome) -> str | None:
        missed = outcome["verdict"]["missed"]
        if missed == test.told:
            return None
        test.told = missed
        return describe_misses("this test", outcome, f"pytest --retake-update {self._path_of(item)}")

    # Whole files, and the recorded answers that no test requested

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        for item in items:
            self._files.file(self._path_of(item)).is_partial = True

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        # The option --last-failed leaves out tests without telling.
        leaves_out = any("::" in word for word in self._config.args) or self._config.getoption("lf", False)
        for item in session.items:
            if not self._uses_retake(item):
                continue
            file = self._files.file(self._path_of(item))
            file.tests.add(item.nodeid)
            file.is_partial |= bool(leaves_out) or "cassette" in _arguments_of(item)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self._files.passed.add(report.nodeid)
        elif report.failed or report.skipped:
            self._files.not_passed.add(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """In the process that starts the workers of pytest-xdist."""
        told = json.loads(getattr(node, "workeroutput", {}).get("retake", "{}"))
        self._files.add_message(told.get("files", {}))
        self._failure = told.get("failure") or self._failure

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, Any, Any]:
        result = yield
        if self._run is None:
            return result
        self._failure = self._run.end_all("the run that belongs to no test", "pytest --retake-update") or self._failure
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["retake"] = json.dumps({"files": self._files.as_message(), "failure": self._failure})
            return result
        self._tell_unused(self._run)
        if self._failure is not None and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return result

    def _tell_unused(self, run: Run) -> None:
        whole = self._files.paths()
        if not whole:
            return
        verdict = run.control.verdict()
        for path in whole:
            cassette = cassette_name_of(path)
            unused = [take for take in verdict["unused"] if take["cassette"] == cassette]
            if not unused:
                continue
            notice = describe_unused(unused, path)
            if self._updates and run.server:
                # It holds the cassettes.
                run.server.close()
                remove_unused(run.server.cassettes / f"{cassette}.cassette", verdict, self._config.rootpath)
                notice += "\nThey were removed."
            self._notices.append(notice)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for notice in filter(None, [*self._notices, self._failure]):
            terminalreporter.ensure_newline()
            terminalreporter.write_line(notice, red=notice is self._failure, yellow=notice is not self._failure)

    def _uses_retake(self, item: pytest.Item) -> bool:
        return bool(
            self._config.getini("retake")
            or "retake" in getattr(item, "fixturenames", ())
            or item.get_closest_marker("retake")
        )

    def _path_of(self, item: pytest.Item) -> str:
        return Path(os.path.relpath(item.path, self._config.rootpath)).as_posix()

    def _set(self, name: str, value: str) -> None:
        self._context.callback(os.environ.pop, name, None)
        os.environ[name] = value


class _Test:
    def __init__(self, session: Session, context: ExitStack) -> None:
        self.session = session
        self.context = context
        #: How many misses were reported.
        self.told = 0


_plugin_key = pytest.StashKey[_Plugin]()
_test_key = pytest.StashKey[_Test]()


def _arguments_of(item: pytest.Item) -> dict[str, Any]:
    """The arguments of its markers. The nearest one decides."""
    arguments: dict[str, Any] = {}
    for marker in item.iter_markers("retake"):
        unknown = sorted(set(marker.kwargs) - {"cassette", "faults"})
        if marker.args or unknown:
            given = ", ".join([*map(repr, marker.args), *unknown])
            raise pytest.UsageError(f"{item.nodeid}: the marker retake takes `cassette=` and `faults=`, got {given}")
        arguments = {**marker.kwargs, **arguments}
    return arguments


def _fail(report: pytest.TestReport, explanation: str) -> None:
    """Whatever the test expected: without a recording it has tested something else."""
    if report.failed:
        report.sections.append(("retake", explanation))
        return
    report.outcome = "failed"
    report.longrepr = explanation
    if hasattr(report, "wasxfail"):
        del report.wasxfail
