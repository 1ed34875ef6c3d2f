from __future__ import annotations

from datetime import UTC, datetime

import pytest

from funcyard.twin.contract.blobs import BlobName, name_blob, read_blob_name
from funcyard.twin.contract.errors import ContractError

_FIRST, _LAST = "2026-11-14T00:00:00.000Z", "2026-11-15T00:00:00.000Z"
_NAME = f"cold-room-1/{_FIRST}-{_LAST}/chunk-00007.json"


def test_a_name_says_whose_and_of_when() -> None:
    assert name_blob("cold-room-1", _FIRST, _LAST, 7) == _NAME
    assert read_blob_name(_NAME) == BlobName("cold-room-1", _FIRST, _LAST, 7)
    assert read_blob_name(_NAME).ended == datetime(2026, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("device", "first", "last", "chunk"),
    [
        ("a/b", _FIRST, _LAST, 0),
        ("a", "2026-11-14", _LAST, 0),
        ("a", _LAST, _FIRST, 0),
        ("a", _FIRST, _LAST, -1),
        ("a", _FIRST, _LAST, 100_000),
    ],
)
def test_no_name_is_made_that_could_not_be_read(
    device: str, first: str, last: str, chunk: int
) -> None:
    with pytest.raises(ContractError):
        name_blob(device, first, last, chunk)


@pytest.mark.parametrize("name", ["", "readme.txt", f"../{_NAME}", f"{_NAME}.tmp", f"{_NAME}\n"])
def test_what_somebody_else_put_there_is_left_alone(name: str) -> None:
    with pytest.raises(ContractError, match="not called as a twin's are"):
        read_blob_name(name)
