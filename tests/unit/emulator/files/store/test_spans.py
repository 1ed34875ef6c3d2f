"""Valid ranges, held against a set of the units that they cover."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.files.store import spans

_SIZE = 512 * 12 + 100
_ACTS = st.lists(
    st.tuples(st.booleans(), st.integers(0, _SIZE - 1), st.integers(0, _SIZE - 1)), max_size=12
)


@given(_ACTS)
def test_writes_and_clears_leave_what_a_set_of_units_would(
    acts: list[tuple[bool, int, int]],
) -> None:
    found: list[spans.Span] = []
    units: set[int] = set()
    for writes, one, other in acts:
        first, last = sorted((one, other))
        if writes:
            found = spans.marked(found, first, last, _SIZE)
            units |= set(range(first // 512, last // 512 + 1))
        else:
            found = spans.cleared(found, first, last, _SIZE)
            whole = [unit for unit in range(13) if unit * 512 >= first]
            units -= {unit for unit in whole if min(unit * 512 + 511, _SIZE - 1) <= last}
    covered = {unit for unit in range(13) if spans.within(found, unit * 512, unit * 512)}

    assert covered == units
    assert found == sorted(found)
    assert all(a[1] < b[0] for a, b in pairwise(found))
    assert all(0 <= first <= last < _SIZE for first, last in found)


def test_what_was_touched_is_told_as_written_or_cleared() -> None:
    assert spans.split([(0, 1535)], [(0, 511), (1024, 4095)]) == (
        [(0, 511), (1024, 1535)],
        [(512, 1023)],
    )


def test_a_smaller_file_has_no_ranges_beyond_its_end() -> None:
    assert spans.truncated([(0, 511), (1024, 2047)], 1100) == [(0, 511), (1024, 1099)]
    assert spans.truncated([(0, 511)], 0) == []
