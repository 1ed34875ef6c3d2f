from __future__ import annotations

from datetime import date, timedelta

import pytest

from funcyard.functions.runtimes import (
    ENDING_WITHIN,
    Status,
    UnknownRuntimeError,
    advice,
    alternatives,
    base_image,
    find,
    generated_versions,
    refusal,
    runtimes,
    versions_of,
)

_TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_a_generated_python_has_microsofts_image(version: str) -> None:
    image = f"mcr.microsoft.com/azure-functions/python:4-python{version}"

    assert base_image("python", version) == image
    assert refusal("python", version, _TODAY) is None


def test_the_status_depends_on_the_day() -> None:
    python = find("python", "3.11")
    assert python is not None
    end = python.end_of_life

    days = [end - ENDING_WITHIN - timedelta(1), end - ENDING_WITHIN, end, end + timedelta(1)]
    assert [python.status(day) for day in days] == [
        Status.SUPPORTED,
        Status.ENDING,
        Status.ENDING,
        Status.ENDED,
    ]


@pytest.mark.parametrize(
    ("version", "day", "said"),
    [
        ("3.11", _TODAY, None),
        ("3.11", date(2027, 6, 1), "Python 3.11 ends on 2027-10-31"),
        (
            "3.11",
            date(2027, 11, 1),
            "Python 3.11 ended on 2027-10-31: it gets no more security fixes",
        ),
        ("3.14", _TODAY, "Python 3.14 is a preview in Azure Functions"),
        ("3.10", _TODAY, None),
    ],
)
def test_what_to_know_of_a_version_depends_on_the_day(
    version: str, day: date, said: str | None
) -> None:
    assert advice("python", version, day) == said


@pytest.mark.parametrize(
    ("name", "version", "day", "why"),
    [
        ("python", "3.10", date(2026, 10, 31), "Python 3.10 is not supported yet"),
        ("python", "3.10", date(2026, 11, 1), "Python 3.10 ended on 2026-10-31"),
        ("python", "3.9", _TODAY, "Python 3.9 ended on 2025-10-31"),
        ("node", "22", _TODAY, "Node 22 is not supported yet"),
        ("node", "18", _TODAY, "Node 18 ended on 2025-04-30"),
        ("dotnet", "8", _TODAY, ".NET 8 ended on 2026-11-10"),
        ("python", "2.7", _TODAY, "Python 2.7 is not known"),
        ("cobol", "1", _TODAY, "no runtime 'cobol' is known"),
    ],
)
def test_what_is_not_generated_is_named_with_the_reason(
    name: str, version: str, day: date, why: str
) -> None:
    assert refusal(name, version, day) == why


def test_alternatives_leave_out_what_has_ended() -> None:
    assert alternatives(_TODAY) == "choose Python 3.11, 3.12, 3.13 or 3.14 (preview)"
    assert alternatives(date(2028, 1, 1)) == "choose Python 3.12, 3.13 or 3.14 (preview)"
    assert alternatives(date(2030, 10, 31)) == "choose Python 3.14 (preview)"
    assert generated_versions(date(2031, 1, 1)) == ()
    assert alternatives(date(2031, 1, 1)) == "every known Python has ended; update Funcyard"


def test_versions_are_listed_once_and_in_order() -> None:
    listed = [(item.name, item.version) for item in runtimes()]

    assert len(set(listed)) == len(listed)
    assert [item.version for item in versions_of("PYTHON")] == [
        "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14",
    ]  # fmt: skip


def test_unknown_runtimes_are_refused() -> None:
    with pytest.raises(UnknownRuntimeError, match="no runtime 'rust' is known"):
        versions_of("rust")
    with pytest.raises(UnknownRuntimeError, match=r"no base image of python 2\.7 is known"):
        base_image("python", "2.7")
