from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rules import base_image_ended, base_image_python_mismatch

IMAGE = "mcr.microsoft.com/azure-functions/python"
TODAY = date(2026, 11, 21)


def _mismatches(tmp_path: Path, dockerfile: str, python: str = "", **files: str) -> list[Finding]:
    named = {name.replace("__", "."): text for name, text in files.items()}
    target = {"dockerfile": tmp_path / "Dockerfile", "python": python}
    given = facts(tmp_path, {"Dockerfile": dockerfile, **named}, target=target)
    return found(base_image_python_mismatch.RULE, given)


def test_another_python_than_the_projects_is_found(tmp_path: Path) -> None:
    text = f"ARG BASE={IMAGE}:4-python3.13\nFROM ${{BASE}} AS runtime\nFROM runtime\n"
    (finding,) = _mismatches(tmp_path, text, "3.11")
    assert (finding.file, finding.line) == ("Dockerfile", 1)
    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "api: its base image has Python 3.13, and the project is for Python 3.11"
    )
    assert finding.evidence == f"ARG BASE={IMAGE}:4-python3.13"
    assert finding.next == f"{IMAGE}:4-python3.11"


@pytest.mark.parametrize(
    "tag", [f"{IMAGE}:4-python3.11", "python:3.11-slim", f"{IMAGE}:4", "team/base:3.13"]
)
def test_the_same_python_or_an_unknown_one_is_no_fault(tmp_path: Path, tag: str) -> None:
    assert _mismatches(tmp_path, f"FROM {tag}\n", "3.11") == []


@pytest.mark.parametrize(
    ("version", "bad"),
    [("3.12\n", True), ("3.12.4\n", True), ("3.11.9\n", False), ("pypy\n", False)],
)
def test_python_version_is_asked_where_no_project_is(
    tmp_path: Path,
    version: str,
    bad: bool,  # noqa: FBT001 - a parameter
) -> None:
    (tmp_path / ".python-version").write_text(version)
    again = _mismatches(tmp_path, f"FROM {IMAGE}:4-python3.11\n")
    assert [finding.severity for finding in again] == ([Severity.WARNING] if bad else [])


@pytest.mark.parametrize(
    ("required", "bad"),
    [(">=3.12", True), ("<3.11", True), (">=3.11.4", False), ("~=3.11", False), ("odd", False)],
)
def test_requires_python_is_asked_where_no_project_is(
    tmp_path: Path,
    required: str,
    bad: bool,  # noqa: FBT001 - a parameter
) -> None:
    text = f"[project]\nrequires-python = '{required}'\n"
    findings = _mismatches(tmp_path, f"FROM {IMAGE}:4-python3.11\n", pyproject__toml=text)
    assert [finding.severity for finding in findings] == ([Severity.ERROR] if bad else [])


@pytest.mark.parametrize(
    ("tag", "messages"),
    [
        (":4-python3.11", []),
        (":4-python3.9", ["api: Python 3.9 of its base image ended on 2025-10-31"]),
        (
            ":3.0-python3.8",
            [
                "api: Python 3.8 of its base image ended on 2024-10-14",
                "api: the Functions host 3 of its base image ended on 2022-12-13",
            ],
        ),
    ],
)
def test_versions_past_their_end_are_found_on_the_day_that_is_given(
    tmp_path: Path, tag: str, messages: list[str]
) -> None:
    target = {"dockerfile": tmp_path / "Dockerfile"}
    files = {"Dockerfile": f"FROM {IMAGE}{tag}\n"}
    given = facts(tmp_path, files, target=target, request={"today": TODAY})
    assert [finding.message for finding in found(base_image_ended.RULE, given)] == messages


def test_the_last_day_is_not_past_the_end(tmp_path: Path) -> None:
    target = {"dockerfile": tmp_path / "Dockerfile"}
    files = {"Dockerfile": f"FROM {IMAGE}:4-python3.9\n"}
    given = facts(tmp_path, files, target=target, request={"today": date(2025, 10, 31)})
    assert found(base_image_ended.RULE, given) == []
