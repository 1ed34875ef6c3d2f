"""How a file is cut."""

from pathlib import Path

import pytest
from announcing import Announcement
from data_utils import rows
from data_utils.errors import InputError
from splitting import cut, inspect


@pytest.fixture
def five(tmp_path: Path) -> Path:
    path = tmp_path / "five.csv"
    path.write_bytes(b"id,text\n1,a\n2,b\n3,c\n4,d\n5,e\n")
    return path


def test_chunks_hold_every_row_in_order(five: Path) -> None:
    pieces = list(cut(five, 2))
    assert [(number, first, count) for number, first, _, count in pieces] == [
        (1, 1, 2),
        (2, 3, 2),
        (3, 5, 1),
    ]
    found = []
    for _, _, text, _ in pieces:
        header, piece = rows.read(rows.open_bytes(text.encode()))
        assert header == ["id", "text"]
        found += list(piece)
    assert [row[0] for row in found] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(("chunk_rows", "chunks"), [(1, 5), (2, 3), (5, 1), (6, 1)])
def test_chunks_are_counted_before_they_are_cut(five: Path, chunk_rows: int, chunks: int) -> None:
    facts = inspect(five, chunk_rows)
    assert (facts.rows, facts.chunks) == (5, chunks)
    assert len(list(cut(five, chunk_rows))) == chunks


def test_version_changes_with_the_content_only(five: Path) -> None:
    before = inspect(five, 2)
    assert inspect(five, 2) == before
    five.write_bytes(five.read_bytes().replace(b"5,e", b"5,f"))
    assert inspect(five, 2).version != before.version


def test_wrong_row_is_found_before_anything_is_cut(five: Path) -> None:
    with five.open("ab") as file:
        file.write(b"6\n")
    with pytest.raises(InputError, match="line 7 has 1 fields, the header 2"):
        inspect(five, 2)


def test_announcement_is_read_as_it_was_sent() -> None:
    announced = Announcement("a.csv", "0" * 32)
    assert Announcement.read(announced.message().encode()) == announced
    assert Announcement.read(b'{"filename": "a.csv"}') == Announcement("a.csv", "")
