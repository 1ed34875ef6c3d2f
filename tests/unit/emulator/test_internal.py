"""A full disk is told as one; whatever else went wrong within stays there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from funcyard.emulator.internal import said_of

_FULL = "The disk of the local Azure is full."


def test_a_full_disk_is_told_by_its_name() -> None:
    with (
        pytest.raises(OSError, match="No space left") as raised,
        Path("/dev/full").open("wb", 0) as file,
    ):
        file.write(b"x")
    assert said_of(raised.value) == _FULL


def test_a_database_that_finds_no_room_is_told_so(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "full.sqlite")
    database.execute("PRAGMA max_page_count = 2")
    database.execute("CREATE TABLE kept (what BLOB)")
    with pytest.raises(sqlite3.OperationalError) as raised:
        database.execute("INSERT INTO kept VALUES (zeroblob(100000))")
    database.close()
    assert said_of(raised.value) == _FULL


@pytest.mark.parametrize(
    "fault", [OSError(13, "secret"), sqlite3.Error("secret"), KeyError("secret")]
)
def test_of_anything_else_nothing_is_told(fault: Exception) -> None:
    assert said_of(fault) == "An internal error occurred."
