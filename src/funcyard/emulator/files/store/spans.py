"""Valid ranges of a file: spans of first and last byte, sorted, never touching one another.

The service keeps track of what was written in units of 512 bytes: a write marks the units that it
touches, a clear unmarks those that it covers whole.
"""

from __future__ import annotations

import os
from typing import Final

Span = tuple[int, int]
UNIT: Final = 512


def marked(spans: list[Span], first: int, last: int, size: int) -> list[Span]:
    """Return the spans after a write from first to last byte, in a file of that size."""
    start = first - first % UNIT
    end = min(last - last % UNIT + UNIT, size) - 1
    return _joined([*spans, (start, end)])


def cleared(spans: list[Span], first: int, last: int, size: int) -> list[Span]:
    """Return the spans after a clear from first to last byte, in a file of that size."""
    start = -(-first // UNIT) * UNIT
    end = size - 1 if last + 1 >= size else (last + 1) // UNIT * UNIT - 1
    return without(spans, start, end)


def without(spans: list[Span], start: int, end: int) -> list[Span]:
    """Return the spans with everything from start to end taken out."""
    if end < start:
        return spans
    kept: list[Span] = []
    for first, last in spans:
        if first < start:
            kept.append((first, min(last, start - 1)))
        if last > end:
            kept.append((max(first, end + 1), last))
    return sorted({span for span in kept if span[0] <= span[1]})


def within(spans: list[Span], first: int, last: int) -> list[Span]:
    """Return the parts of the spans that lie from first to last byte."""
    return [(max(a, first), min(b, last)) for a, b in spans if a <= last and b >= first]


def truncated(spans: list[Span], size: int) -> list[Span]:
    """Return the spans of a file that was given that size."""
    return within(spans, 0, size - 1) if size else []


def on_disk(file: int) -> list[Span]:
    """Return the spans of a file as the file system keeps them: what is no hole."""
    size = os.fstat(file).st_size
    found: list[Span] = []
    offset = 0
    while offset < size:
        try:
            first = os.lseek(file, offset, os.SEEK_DATA)
        except OSError:  # nothing but a hole up to the end
            break
        offset = os.lseek(file, first, os.SEEK_HOLE)
        found.append((first, min(offset, size) - 1))
    return found


def differing(before: int | None, now: int) -> list[Span]:
    """Compare a file with an earlier copy, unit by unit; return what differs.

    Args:
        before: Descriptor of the copy; None where the file is new.
        now: Descriptor of the file.
    """
    size = os.fstat(now).st_size
    found: list[Span] = []
    block = UNIT * 2048
    for offset in range(0, size, block):
        new = os.pread(now, block, offset)
        old = os.pread(before, block, offset) if before is not None else b""
        if new == old:
            continue
        found += [
            (offset + start, min(offset + start + UNIT, size) - 1)
            for start in range(0, len(new), UNIT)
            if new[start : start + UNIT] != old[start : start + UNIT]
        ]
    return found


def split(touched: list[Span], valid: list[Span]) -> tuple[list[Span], list[Span]]:
    """Return of what was touched the parts that are valid, and those that are not."""
    touched = _joined(touched)
    written = [part for first, last in touched for part in within(valid, first, last)]
    emptied = touched
    for first, last in valid:
        emptied = without(emptied, first, last)
    return written, emptied


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
