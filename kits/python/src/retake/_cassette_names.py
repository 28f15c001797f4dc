from __future__ import annotations

import hashlib
import re

_LONGEST = 80
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|_|$)", re.IGNORECASE | re.ASCII)


def cassette_name_of(path: str) -> str:
    """The name of the cassette of a test file, by its path in the project: `tests/test_chat.py` becomes `tests.test_chat`.

    Every path has a name of its own, which is a file name on every system: where the path has other characters, is long, or is a device of
    Windows, the name ends with a digest of it.
    """
    path = path.replace("\\", "/")
    plain = path.removesuffix(".py").split("/")
    name = ".".join(plain)
    if path.endswith(".py") and all(map(_PLAIN.fullmatch, plain)) and len(name) <= _LONGEST:
        if plain[-1] != "cassette" and not _DEVICE.match(name):
            return name
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    readable = re.sub(r"[^A-Za-z0-9.-]+", "-", path)[-_LONGEST:]
    readable = re.sub(r"^[^A-Za-z0-9]+", "", readable) or "test"
    name = f"{readable}_{digest}"
    return f"test-{name}" if _DEVICE.match(name) else name
