"""A stream that is opened again and again is read as if it had never broken off."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.containerapps.logs.line import Line
from funcyard.containerapps.logs.position import Position
from funcyard.containerapps.logs.sources import Source

_SOURCE = Source("https://x", "r", "p", "c")
_WRITTEN = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["a", "b"])), min_size=1, max_size=30
)


@settings(max_examples=150, deadline=None)
@given(_WRITTEN, st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=6))
def test_every_line_is_read_once_and_in_order(
    written: list[tuple[int, str]], cuts: list[tuple[int, int]]
) -> None:
    """Lines may share a time and a text; each opening gives at least what was not read yet."""
    ticks, lines = 1, []
    for later, text in written:
        ticks += later
        lines.append(Line(_SOURCE, None, ticks, text))
    position, read, seen = Position(), [], 0
    for overlap, count in [*cuts, (len(lines), len(lines))]:
        position.reopen()
        upto = min(len(lines), seen + count)
        read += [one for one in lines[max(0, seen - overlap) : upto] if position.is_new(one)]
        seen = upto
    assert read == lines


def test_lines_without_a_time_all_count() -> None:
    position = Position()
    line = Line(_SOURCE, None, 0, "same")
    position.reopen()
    assert position.is_new(line)
    position.reopen()
    assert position.is_new(line)
