from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found, program

from funcyard.preflight.facts import Facts
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.az_answers_nothing import RULE
from funcyard.preflight.workstation import ToolAnswer

VERSION = '{"azure-cli": "2.77.0", "extensions": {}}'


def _asking(folder: Path) -> Facts:
    return facts(folder, {}, request={"environment": {"PATH": str(folder)}, "ask_tools": True})


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", "ended with exit status 0 and printed nothing"),
        ("echo; echo a warning >&2", "ended with exit status 0 and printed nothing"),
        ("echo '[Errno 28] No space left on device' >&2; exit 1", "ended with exit status 1"),
    ],
)
def test_an_az_that_ends_without_an_answer_cannot_be_believed(
    tmp_path: Path, script: str, said: str
) -> None:
    program(tmp_path, "az", script)

    (finding,) = found(RULE, _asking(tmp_path))

    assert finding.severity is Severity.WARNING
    assert said in finding.message
    assert "az cache purge" in finding.next


def test_its_own_words_are_quoted(tmp_path: Path) -> None:
    program(tmp_path, "az", "echo 'No space left on device' >&2; exit 1")

    assert found(RULE, _asking(tmp_path))[0].evidence == "No space left on device"


def test_an_az_that_hangs_is_told(tmp_path: Path) -> None:
    given = _asking(tmp_path)
    given.workstation.answers = {"az": ToolAnswer(None)}

    assert "did not answer within 20 seconds" in found(RULE, given)[0].message


def test_an_az_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    (tmp_path / "az").write_bytes(b"\x7fELF broken")
    (tmp_path / "az").chmod(0o755)

    assert "cannot be started: Exec format error" in found(RULE, _asking(tmp_path))[0].message


def test_an_az_that_answers_and_none_at_all_are_fine(tmp_path: Path) -> None:
    assert found(RULE, _asking(tmp_path)) == []
    program(tmp_path, "az", f"echo '{VERSION}'")
    assert found(RULE, _asking(tmp_path)) == []
