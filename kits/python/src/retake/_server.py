from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections import deque
from http.client import HTTPConnection
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from retake._program import program
from retake._retake import RetakeError

#: Seconds that the start may take, without a model.
_START_LIMIT = 60
#: Seconds that a model may take to be fetched and loaded.
_READY_LIMIT = 900


class Server:
    """A `retake serve` on a free port. It ends with this process, however that ends."""

    def __init__(self, *, cassettes: Path, mode: str, directory: Path) -> None:
        self.cassettes = cassettes
        self.directory = directory
        words = ["serve", "--port", "0", "--log", "json", "--stop-on-stdin-end"]
        words += ["--mode", mode, "--cassette", str(cassettes)]
        if mode == "replay":
            words.append("--allow-missing-cassettes")
        self._owner = os.getpid()
        # It stops when the pipe to its standard input is closed, which the operating system does for a process that was killed.
        self._process = subprocess.Popen(
            [*program(), *words],
            cwd=directory,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            self.address = self._wait_until_it_listens()
            _wait_until_ready(self.address)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends it, and returns when its recordings are saved."""
        # A forked process has a copy of this object.
        if os.getpid() != self._owner:
            return
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_it_listens(self) -> str:
        assert self._process.stdout and self._process.stderr
        first_line: list[str] = []
        errors: deque[str] = deque(maxlen=50)
        printed = threading.Event()

        def read_output(stream: IO[str]) -> None:
            for line in stream:
                if not printed.is_set():
                    first_line.append(line)
                    printed.set()
            printed.set()

        reader = threading.Thread(target=read_output, args=[self._process.stdout], daemon=True)
        error_reader = threading.Thread(target=errors.extend, args=[self._process.stderr], daemon=True)
        reader.start()
        error_reader.start()
        if not printed.wait(_START_LIMIT):
            raise RetakeError("retake could not be started: it did not start within a minute")
        if not first_line:
            code = self._process.wait()
            error_reader.join(timeout=5)
            reason = "".join(errors).strip() or f"it ended with exit code {code}"
            raise RetakeError(f"retake could not be started: {reason}")
        address: str = json.loads(first_line[0])["address"]
        return address


def _wait_until_ready(address: str) -> None:
    """In a mode that records, the model must be there before the first test: tests have short timeouts."""
    parts = urlsplit(address)
    deadline = time.monotonic() + _READY_LIMIT
    while True:
        connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=60)
        try:
            connection.request("GET", "/health")
            response = connection.getresponse()
            status, text = response.status, response.read()
        finally:
            connection.close()
        if status == 200:
            return
        upstream = json.loads(text).get("upstream") or {}
        if upstream.get("phase") == "failed":
            raise RetakeError(f"retake: the model cannot answer: {upstream['detail']}")
        if time.monotonic() > deadline:
            raise RetakeError("retake: the model was not ready within 15 minutes")
        time.sleep(0.1)
