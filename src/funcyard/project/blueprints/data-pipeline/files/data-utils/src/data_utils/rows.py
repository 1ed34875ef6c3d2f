"""CSV in and out, checked: a file that passes :func:`read` can be cut and loaded without loss.

Accepted is UTF-8 (a byte order mark is dropped), a header with distinct names, and rows with as
many fields as the header; wholly blank lines are no rows.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn, TextIO

from data_utils.errors import InputError

LONGEST_LINE = 131_072
"""Characters in a line, and in a field that spans lines (the limit of Python's csv module)."""

Row = list[str]

_ENCODING = "utf-8-sig"


def read(stream: TextIO) -> tuple[Row, Iterator[Row]]:
    """Return the header, and the rows one by one.

    Args:
        stream: Text opened with ``newline=""``.

    Raises:
        InputError: The header is missing or wrong; while iterating, a row is.
    """
    lines = _Lines(stream)
    records = _records(lines)
    header = next(records, None)
    if header is None:
        _fail("the file is empty", "empty-file")
    names = [name.strip() for name in header]
    if not all(names):
        _fail("the header has a column without a name", "bad-header")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        _fail(f"the header has {twice!r} twice", "bad-header")
    return names, _as_long_as(names, records, lines)


def write(header: Row, rows: Iterable[Row]) -> str:
    """Return the rows as CSV, with the header first.

    Lines end as RFC 4180 has it, in CR LF: with another ending, Python 3.11 does not quote a lone
    CR in a cell, and the cell is cut there when it is read again.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def open_bytes(content: bytes) -> TextIO:
    """Return bytes as the text that :func:`read` takes."""
    return io.TextIOWrapper(io.BytesIO(content), encoding=_ENCODING, newline="")


def open_path(path: Path) -> TextIO:
    """Return a file as the text that :func:`read` takes; the caller closes it."""
    return path.open(encoding=_ENCODING, newline="")


class _Lines:
    """The lines of a stream, none too long; knows the number of the last one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(LONGEST_LINE + 1):
            self.number += 1
            if len(line) > LONGEST_LINE:
                message = f"line {self.number} has more than {LONGEST_LINE} characters"
                _fail(message, "line-too-long")
            if "\0" in line:
                _fail(f"line {self.number} has a NUL character: this is no text", "not-text")
            yield line


def _records(lines: _Lines) -> Iterator[Row]:
    try:
        yield from filter(None, csv.reader(lines, strict=True))
    except csv.Error as fault:
        _fail(f"line {lines.number} is not CSV: {fault}", "bad-csv", fault)
    except UnicodeDecodeError as fault:
        _fail(f"after line {lines.number} the file is not UTF-8", "not-utf-8", fault)


def _as_long_as(header: Row, records: Iterator[Row], lines: _Lines) -> Iterator[Row]:
    some = False
    for row in records:
        if len(row) != len(header):
            message = f"line {lines.number} has {len(row)} fields, the header {len(header)}"
            _fail(message, "ragged-row")
        some = True
        yield row
    if not some:
        _fail("the file has a header and no rows", "no-rows")


def _fail(message: str, code: str, cause: Exception | None = None) -> NoReturn:
    raise InputError(message, code=code, status=422) from cause
