"""What may pass is tried again, as long as is asked for; what cannot pass is not."""

from __future__ import annotations

import pytest

from funcyard.azure.errors import AzureRefusedError, AzureUnreachableError
from funcyard.errors import FuncyardError
from funcyard.workspace.git import RepositoryRefusedError, RepositoryUnreachableError
from funcyard.workspace.github.errors import GitHubRateLimitedError
from funcyard.workspace.jobs.faults import passes, pause_seconds


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (AzureUnreachableError("x"), True),
        (RepositoryUnreachableError("x"), True),
        (GitHubRateLimitedError("x", seconds=5), True),
        (AzureRefusedError("x"), False),
        (RepositoryRefusedError("x"), False),
        (FuncyardError("x"), False),
    ],
)
def test_what_may_pass_is_known(fault: FuncyardError, *, expected: bool) -> None:
    assert passes(fault) is expected


def test_pauses_grow_and_are_as_long_as_is_asked_for() -> None:
    assert [pause_seconds(retry) for retry in range(5)] == [5, 30, 120, 120, 120]
    assert pause_seconds(0, GitHubRateLimitedError("x", seconds=70)) == 70
    assert pause_seconds(0, GitHubRateLimitedError("x", seconds=1)) == 5
    assert pause_seconds(0, GitHubRateLimitedError("x", seconds=1e9)) == 3600
