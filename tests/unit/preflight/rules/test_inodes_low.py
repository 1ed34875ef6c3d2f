from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.inodes_low import ENOUGH, RULE, TOO_LITTLE
from funcyard.preflight.workstation import Volume


@pytest.mark.parametrize(
    ("holds", "files", "severity"),
    [
        ("the project", ENOUGH, None),
        ("the project", ENOUGH - 1, Severity.WARNING),
        ("the project", TOO_LITTLE - 1, Severity.ERROR),
        ("temporary files", 0, Severity.WARNING),
        ("the project", None, None),
    ],
)
def test_a_full_table_of_files_is_told_whatever_room_there_is(
    tmp_path: Path, holds: str, files: int | None, severity: Severity | None
) -> None:
    given = facts(tmp_path, {})
    given.workstation.volumes = (Volume((holds,), tmp_path, 10**12, files),)

    told = found(RULE, given)

    assert [finding.severity for finding in told] == ([severity] if severity else [])
    assert all(f"{files} more files" in finding.message for finding in told)
