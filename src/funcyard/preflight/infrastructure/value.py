"""Values of a template: what can be told, where it is written, and what cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Unknown:
    """What only Azure can tell.

    Attributes:
        text: How it comes about, its known parts set in. Two values with one text are the same in
            one deployment, whatever they are.
        composed: Whether it is a text of which parts are known: the others stand in braces.
    """

    text: str
    composed: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and where it is written.

    Attributes:
        data: A text, number, truth or nothing; a tuple of values; values by name; or unknown.
        file: The file in which it is written, as findings tell it.
        line: The line there, from 1.
        told: What Azure says of it, where it is written in no file.
    """

    data: str | int | float | bool | Unknown | tuple[Value, ...] | dict[str, Value] | None
    file: str
    line: int
    told: str = ""

    @property
    def known(self) -> bool:
        """Whether it can be told; what it holds may still be unknown."""
        return not isinstance(self.data, Unknown)

    @property
    def text(self) -> str:
        """Itself as a text, up to a length; what is unknown stands in braces."""
        parts: list[str] = []
        _write(self, parts, [_LONGEST_TEXT])
        return "".join(parts)

    def get(self, *path: str) -> Value | None:
        """Return the value at a path of property names, in any case; None where none is written.

        What is unknown on the way is returned, since anything may be below it.
        """
        here: Value | None = self
        for name in path:
            if here is None or isinstance(here.data, Unknown):
                return here
            here = _property(here.data, name) if isinstance(here.data, dict) else None
        return here

    def items(self) -> Iterator[Value]:
        """Yield the items of a list; nothing where it is none, or unknown."""
        if isinstance(self.data, tuple):
            yield from self.data

    def as_text(self) -> str | None:
        """Return a known text, else None."""
        return self.data if isinstance(self.data, str) else None

    def as_number(self) -> float | None:
        """Return a known number, also one written as a text, else None."""
        if isinstance(self.data, bool):
            return None
        if isinstance(self.data, int | float):
            return float(self.data)
        try:
            return float(self.data) if isinstance(self.data, str) else None
        except ValueError:
            return None


def _write(value: Value, parts: list[str], left: list[int]) -> None:
    """Write a value until there is no room left; what holds itself many times ends there, too."""
    data = value.data
    if left[0] <= 0:
        return
    if isinstance(data, tuple | dict):
        left[0] -= 2
        parts.append("[" if isinstance(data, tuple) else "{")
        items = data.items() if isinstance(data, dict) else (("", item) for item in data)
        for position, (name, item) in enumerate(items):
            if left[0] <= 0:
                break
            parts.append("," if position else "")
            parts.append(f"{name}:" if isinstance(data, dict) else "")
            _write(item, parts, left)
        parts.append("]" if isinstance(data, tuple) else "}")
        return
    if isinstance(data, Unknown):
        text = data.text if data.composed else f"{{{data.text}}}"
    elif isinstance(data, bool):
        text = "true" if data else "false"
    else:
        text = "" if data is None else str(data)
    parts.append(text)
    left[0] -= len(text) + 1


def _property(data: dict[str, Value], name: str) -> Value | None:
    if name in data:
        return data[name]
    return next((value for key, value in data.items() if key.lower() == name.lower()), None)
