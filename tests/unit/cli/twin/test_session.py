"""Who takes a twin away from the public Azure, whatever became of its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.twin.twins import EXAMPLE

from funcyard.azure.credentials import identity_of
from funcyard.cli.twin._session import deployed_twin

_ENVIRON = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s"}


def test_where_a_twin_cannot_be_read_the_environment_says_who_and_that_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.json").write_text("{")

    found = deployed_twin(tmp_path, "public").identity(_ENVIRON)

    assert found == identity_of(_ENVIRON)
    assert capsys.readouterr().err == (
        "the twin cannot be read: signing in as the environment says\n"
    )


def test_where_the_twin_lies_counts_for_nobody_who_takes_it_away() -> None:
    """The state says where: variables that name subscriptions need not be set."""
    assert deployed_twin(EXAMPLE, "public").identity(_ENVIRON) == identity_of(_ENVIRON)
