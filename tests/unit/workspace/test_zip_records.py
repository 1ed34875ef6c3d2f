"""Archives as other programs read them, also beyond what 32 and 16 bits can tell."""

from __future__ import annotations

import io
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.workspace.zip_records import (
    STORED,
    Entry,
    central_header,
    end,
    local_header,
    stored_length,
)

MOMENT = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)


def written(files: list[tuple[str, bytes]], moment: datetime = MOMENT) -> bytes:
    out, entries = bytearray(), []
    for name, content in files:
        size = len(content)
        entries.append(Entry(name, STORED, zlib.crc32(content), size, size, len(out)))
        out += local_header(entries[-1], moment) + content
    start = len(out)
    for entry in entries:
        out += central_header(entry, moment)
    return bytes(out + end(len(entries), start, len(out) - start))


@given(st.lists(st.tuples(st.text("abü/世 ", min_size=1, max_size=9), st.binary(max_size=40))))
def test_the_length_is_known_before(files: list[tuple[str, bytes]]) -> None:
    made = written(files)
    assert stored_length((name, len(content)) for name, content in files) == len(made)


def test_python_reads_names_times_and_modes() -> None:
    made = written([("ü/世.py", b"print()"), ("empty/", b"")])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        one, folder = archive.infolist()
    assert (one.filename, one.date_time) == ("ü/世.py", (2026, 3, 4, 5, 6, 8))
    assert one.external_attr >> 16 == 0o100644
    assert folder.is_dir()


@pytest.mark.parametrize("year", [1970, 2300])
def test_times_that_dos_has_not_are_the_nearest(year: int) -> None:
    made = written([("a", b"")], MOMENT.replace(year=year))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.infolist()[0].date_time[0] == min(max(year, 1980), 2107)


def test_more_entries_than_16_bits_count_are_read() -> None:
    files = [(f"{number:05}", b"") for number in range(70_000)]
    made = written(files)
    assert len(made) == stored_length((name, 0) for name, _ in files)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert len(archive.namelist()) == 70_000
        assert archive.read("69999") == b""


def test_what_lies_behind_four_gigabytes_is_read(tmp_path: Path) -> None:
    size, names = 1 << 30, ["a", "b", "c", "d", "e"]
    place, entries = tmp_path / "big.zip", []
    with place.open("wb") as file:  # zeros that are never written take no room
        for name in names:
            entry = Entry(name, STORED, 0, size, size, file.tell())
            entries.append(entry)
            file.write(local_header(entry, MOMENT))
            file.seek(size, io.SEEK_CUR)
        last = Entry("last", STORED, zlib.crc32(b"here"), 4, 4, file.tell())
        file.write(local_header(last, MOMENT) + b"here")
        start = file.tell()
        for entry in (*entries, last):
            file.write(central_header(entry, MOMENT))
        file.write(end(6, start, file.tell() - start))
    assert place.stat().st_size == stored_length([*((name, size) for name in names), ("last", 4)])
    with zipfile.ZipFile(place) as archive:
        assert archive.read("last") == b"here"
        assert archive.getinfo("e").header_offset > 1 << 32 - 1
