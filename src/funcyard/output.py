"""How results look: one JSON document for tools, plain aligned tables for people.

Jobs return models; only the command line prints, and it prints what these functions make.
"""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNSEEN = [*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_ONE_LINE = {ord("\n"): "\\n", ord("\t"): "\\t"}
ESCAPED = {code: repr(chr(code))[1:-1] for code in _UNSEEN if code not in _ONE_LINE}
"""Control characters, which would tell a terminal something else than a text; for ``translate``."""


def first_few(names: Sequence[str], most: int = 3) -> str:
    """Return the first of some names in a line, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def plain(value: object) -> object:
    """Reduce models, dataclasses, enums, paths and mappings to what JSON can hold."""
    if isinstance(value, enum.Enum):
        value = value.value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    elif callable(dump := getattr(value, "model_dump", None)):
        value = dump(mode="json")
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (Sequence, set, frozenset)):
        return [plain(item) for item in value]
    return value.as_posix() if isinstance(value, PurePath) else str(value)


def to_json(value: object, *, indent: int | None = 2) -> str:
    """Return ``value`` as one JSON document without a trailing newline."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False)


def visible(text: str) -> str:
    """Return a text in one line in which nothing tells a terminal something else than a text."""
    return text.translate(ESCAPED | _ONE_LINE)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows aligned in columns, numbers to the right, two spaces between columns."""
    body = [["" if cell is None else str(cell) for cell in row] for row in rows]
    numeric = [
        bool(body) and all(_is_number(row[index]) for row in body if row[index])
        for index in range(len(headers))
    ]
    widths = [
        max(len(header), *(len(row[index]) for row in body)) if body else len(header)
        for index, header in enumerate(headers)
    ]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    return "\n".join([line(list(headers)), *(line(row) for row in body)])


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace(",", "").replace("-", "", 1).isdigit()
