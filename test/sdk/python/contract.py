"""Shared by all programs of the contract tests: sends the requests of asked.json, and prints one line of JSON for each case."""

import base64
import importlib.metadata
import json
import os
import pathlib
import re
import traceback

asked_path = pathlib.Path(os.environ["RETAKE_ASKED"])
asked = json.loads(asked_path.read_text())
current = {"sdk": "", "case": ""}


def asked_file(case):
    """The path of an attachment."""
    return asked_path.parent / asked[case]["file"]


def asked_base64(case):
    return base64.b64encode(asked_file(case).read_bytes()).decode()


def address():
    """The base URL for the current case. Cases whose requests are counted have separate URLs."""
    case = current["case"]
    own = f"@{case.replace(' ', '-')}.{current['sdk']}"
    if case == "a miss":
        return f"{os.environ['RETAKE_PLAYED_URL']}/{own}"
    if re.search("failure|abort", case):
        return f"{os.environ['RETAKE_SCRIPTED_URL']}/{own}"
    return f"{os.environ['RETAKE_PLAYED_URL']}/@sdk"


def run_cases(sdk, package, cases):
    """Runs the cases of an SDK in sequence. A case returns the results that an application sees."""
    version = importlib.metadata.version(package)
    for case, see in cases.items():
        current.update(sdk=sdk, case=case)
        try:
            outcome = {"status": "passed", "seen": see()}
        except Exception:
            outcome = {"status": "failed", "detail": traceback.format_exc()}
        print(json.dumps({"sdk": sdk, "version": version, "case": case, **outcome}), flush=True)


def see_error(ask):
    """The details of an SDK error that an application can read."""
    try:
        ask()
    except Exception as error:
        told = [getattr(error, name, None) for name in ["status_code", "code"]]
        status = next((status for status in told if isinstance(status, int)), None)
        return {"raised": type(error).__name__, "status": status}
    raise AssertionError("Expected an error, but an answer came")


def see_broken_stream(read_all):
    """The received texts, and the error that ended them."""
    texts = []
    error = see_error(lambda: read_all(texts.append))
    return {"text": "".join(texts), **error}


def see_vectors(vectors):
    """Embeddings in a form that is the same in all languages, which print numbers differently."""
    return {
        "dimensions": [len(vector) for vector in vectors],
        "beginnings": [[round(value * 10_000) for value in vector[:3]] for vector in vectors],
    }
