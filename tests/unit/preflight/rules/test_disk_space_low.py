from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.disk_space_low import ENOUGH, RULE, TOO_LITTLE
from funcyard.preflight.workstation import Volume

PROJECT, CACHES = ("the project", "temporary files"), ("caches of pip, npm and az",)


@pytest.mark.parametrize(
    ("holds", "free", "severity"),
    [
        (PROJECT, ENOUGH, None),
        (PROJECT, ENOUGH - 1, Severity.WARNING),
        (PROJECT, TOO_LITTLE, Severity.WARNING),
        (PROJECT, TOO_LITTLE - 1, Severity.ERROR),
        (PROJECT, 0, Severity.ERROR),
        (CACHES, 0, Severity.WARNING),
    ],
)
def test_an_almost_full_disk_is_told_and_one_on_which_no_build_can_work_is_an_error(
    tmp_path: Path, holds: tuple[str, ...], free: int, severity: Severity | None
) -> None:
    given = facts(tmp_path, {})
    given.workstation.volumes = (Volume(holds, tmp_path, free, None),)

    assert [finding.severity for finding in found(RULE, given)] == ([severity] if severity else [])


def test_it_says_how_much_is_free_for_what_and_where(tmp_path: Path) -> None:
    given = facts(tmp_path, {})
    given.workstation.volumes = (Volume(PROJECT, tmp_path, 50 * 1024**2, None),)

    (finding,) = found(RULE, given)

    assert finding.message == "50 MB are free for the project and temporary files"
    assert str(tmp_path) in finding.evidence
    assert finding.next.startswith(f"df -h {tmp_path}")
