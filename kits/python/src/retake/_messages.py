from __future__ import annotations

from collections.abc import Sequence

from retake._control import Outcome, UnusedTake

_LISTED = 10


def describe_misses(whose: str, outcome: Outcome, advice: str) -> str | None:
    """Why the requests of a test fail it; None if all had a recording."""
    missed = outcome["verdict"]["missed"]
    if missed == 0:
        return None
    absent = [failure["message"] for failure in outcome["failures"] if failure["code"] == "no_cassette"]
    explanations = [miss["message"] for miss in outcome["verdict"]["misses"]] + list(dict.fromkeys(absent))
    requests, verb = ("1 request", "has") if missed == 1 else (f"{missed} requests", "have")
    first = f"retake: {requests} of {whose} {verb} no recording"
    return "\n\n".join([first, *explanations, f"To record the missing answers, run: {advice}"])


def describe_unused(unused: Sequence[UnusedTake], path: str) -> str:
    lines = [
        f"  {take['cassette']} {take['key'].split(':')[-1][:12]} take {take['take']}: {take['question']}"
        for take in unused[:_LISTED]
    ]
    more = [f"  and {len(unused) - _LISTED} more"] if len(unused) > _LISTED else []
    takes = "1 recorded answer was" if len(unused) == 1 else f"{len(unused)} recorded answers were"
    return "\n".join([f"retake: {takes} not requested by any test of {path}:", *lines, *more])
