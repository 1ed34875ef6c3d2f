"""Keys of a Functions host whose storage is of no use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from funcyard.emulator.containerapps.runtime.host_keys import write_keys

_CLOSED = "AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a"


@pytest.mark.parametrize("connection", [_CLOSED, "nonsense", "UseDevelopmentStorage"])
def test_a_host_that_cannot_use_its_storage_says_so_and_has_keys_of_its_own(
    tmp_path: Path, connection: str
) -> None:
    path = tmp_path / "keys.json"
    wrong = write_keys(path, {"AzureWebJobsStorage": connection}, "main")
    assert wrong.startswith("Unable to access AzureWebJobsStorage: ")
    assert "\n" not in wrong
    assert set(json.loads(path.read_text())) == {"master", "host", "functions"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_storage_nothing_is_wrong(tmp_path: Path) -> None:
    assert write_keys(tmp_path / "keys.json", {}, "main") == ""
