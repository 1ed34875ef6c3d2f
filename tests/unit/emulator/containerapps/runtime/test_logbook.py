"""Log books of containers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.emulator.containerapps.runtime.logbook import LONGEST_LINE, FileLogBook, Lines
from funcyard.emulator.containerapps.runtime.told import LogLine


def _book(folder: Path, **more: int) -> FileLogBook:
    return FileLogBook(folder / "main.log", lambda: 1.5, **more)


async def test_who_follows_gets_each_line_once_while_they_come(tmp_path: Path) -> None:
    book = _book(tmp_path, largest=2000)
    told: list[int] = []

    async def follow(after: int) -> list[int]:
        return [line.number async for line in book.follow(after)]

    early = asyncio.create_task(follow(-1))
    for number in range(500):
        book.add("stdout", f"line {number}")
        if number % 50 == 0:
            await asyncio.sleep(0)
    late = asyncio.create_task(follow(399))
    await asyncio.sleep(0)
    book.add("stderr", "last")
    book.close()
    told = await early
    assert told == list(range(501))
    assert await late == list(range(400, 501))


def test_the_last_lines_outlive_a_restart_and_the_oldest_go(tmp_path: Path) -> None:
    book = _book(tmp_path, largest=200)
    for number in range(50):
        book.add("stdout", f"line {number}")
    book.close()
    with (tmp_path / "main.log").open("ab") as file:
        file.write(b"50 1.5 O cut sh")  # by a kill
    again = _book(tmp_path, largest=200)
    kept = again.tail(100)
    assert kept[-1] == LogLine(49, 1.5, "stdout", "line 49")
    assert 0 < kept[0].number < 49
    assert again.add("stderr", "more").number == 50
    assert [one.text for one in again.tail(2)] == ["line 49", "more"]
    assert again.tail(0) == []
    again.close()
    assert [one.text for one in _closed(tmp_path).tail(2)] == ["line 49", "more"]


def _closed(folder: Path) -> FileLogBook:
    book = _book(folder)
    book.close()
    return book


def _cut(chunks: list[bytes]) -> list[str]:
    found: list[str] = []
    add: Callable[[str, str], None] = lambda _, text: found.append(text)  # noqa: E731 - as it is called
    lines = Lines("stdout", add)
    for chunk in chunks:
        lines.feed(chunk)
    lines.end()
    return found


@settings(max_examples=50)
@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=6))
def test_lines_are_the_same_however_they_come(content: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    chunks = [content[a:b] for a, b in pairwise(places)]
    assert _cut(chunks) == _cut([content])


def test_long_lines_are_cut_and_other_characters_kept() -> None:
    assert _cut([b"a" * (LONGEST_LINE + 5) + b"\n"]) == ["a" * LONGEST_LINE, "a" * 5]
    assert _cut(["é\r\n".encode()[:1], "é\r\n".encode()[1:], b"\xff"]) == ["é", "\ufffd"]
