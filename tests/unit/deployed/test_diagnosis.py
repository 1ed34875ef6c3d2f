"""What lines of a log mean, and what is data that only looks like a reason."""

from __future__ import annotations

import json

import pytest

from funcyard.deployed.diagnosis import diagnose
from funcyard.deployed.log import records_of

_LACKING = "ModuleNotFoundError: No module named 'numpy'"


@pytest.mark.parametrize(
    "line",
    [
        f"INFO:root:a user asked what {_LACKING} means",
        f"[INFO] {_LACKING}",
        f"2026-11-22 09:00:00,120 DEBUG {_LACKING}",
        json.dumps({"level": "info", "message": _LACKING}),
        json.dumps({"levelname": "INFO", "text": _LACKING}),
        json.dumps({"level": 30, "msg": _LACKING}),
        json.dumps({"Log": json.dumps({"severity": "DEBUG", "question": _LACKING})}),
        json.dumps({"level": "info", "status": "ERROR", "was": _LACKING}),
    ],
)
@pytest.mark.parametrize("is_printed", [False, True])
def test_what_a_line_calls_information_is_no_reason(line: str, *, is_printed: bool) -> None:
    assert diagnose(records_of(line), is_printed=is_printed) == ()


@pytest.mark.parametrize(
    "line",
    [
        _LACKING,
        f"ERROR:root:{_LACKING}",
        f"INFORMAL {_LACKING}",
        json.dumps({"level": "error", "message": _LACKING}),
        json.dumps({"level": 50, "message": _LACKING}),
        json.dumps({"message": _LACKING}),
        json.dumps({"Log": f"2026-11-22T09:00:00Z ERROR {_LACKING}"}),
    ],
)
def test_a_line_of_another_level_or_of_none_may_be_the_reason(line: str) -> None:
    (found,) = diagnose(records_of(line), is_printed=True)
    assert found.means == "importing it fails: there is no module numpy in the image"


@pytest.mark.parametrize(
    "line",
    [
        "ERROR the pod web-1 is in CrashLoopBackOff",
        "ERROR job 7 was terminated with exit code 1",
        "ERROR tenant 4 has exceeded quota",
        '{"level": "error", "message": "ImagePullBackOff", "cluster": "theirs"}',
    ],
)
def test_a_container_that_prints_words_of_the_platform_tells_of_something_else(line: str) -> None:
    assert diagnose(records_of(line), is_printed=True) == ()
    assert len(diagnose(records_of(line))) == 1


_TRACEBACK = """\
Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
    raise ValueError("the setting COLOUR is missing")
ValueError: the setting COLOUR is missing
"""


def test_an_exception_that_nothing_explains_is_told_with_what_was_raised() -> None:
    (found,) = diagnose(records_of(_TRACEBACK), is_printed=True)
    assert (found.means, found.clue.is_warning) == ("its code tells of an exception", True)
    assert "ValueError: the setting COLOUR is missing" in found.evidence


def test_a_cause_is_told_without_the_exception_that_it_came_as() -> None:
    lines = _TRACEBACK.replace("ValueError: the setting COLOUR is missing\n", f"{_LACKING}\n")
    (found,) = diagnose(records_of(lines), is_printed=True)
    assert found.means == "importing it fails: there is no module numpy in the image"
