"""Which values of dimensions are wanted, and told apart: ``A eq 'x' or A eq 'y' and B eq '*'``.

https://learn.microsoft.com/rest/api/monitor/metrics/list: ``or`` joins conditions on one dimension
only. Whatever dimension is named tells the values apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.monitor import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TERM: Final = re.compile(
    r"\(*\s*([\w./ ]*?\w)\s+(eq|ne|sw)\s+'((?:[^']|'')*)'\s*\)*", re.IGNORECASE
)
_VALUE: Final = re.compile(r"'(?:[^']|'')*'")
_WORD: Final = re.compile(r"\s*(and|or)\s*", re.IGNORECASE)
_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Condition:
    """What is wanted of a dimension: one of these.

    Attributes:
        name: Of the dimension, as it was asked.
        ways: Pairs of relation and value.
    """

    name: str
    ways: tuple[tuple[str, str], ...]

    def holds(self, value: str) -> bool:
        """Whether a value is wanted; case does not count."""
        actual = value.lower()
        for relation, wanted in self.ways:
            if relation == "sw":
                good = actual.startswith(wanted)
            else:
                good = (wanted in (_ANY, actual)) is (relation == "eq")
            if good:
                return True
        return False


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold.

    Attributes:
        conditions: They; several may be on one dimension.
    """

    conditions: tuple[Condition, ...] = ()

    @property
    def names(self) -> list[str]:
        """The dimensions that it names, each once."""
        return list({one.name.lower(): one.name for one in self.conditions}.values())

    def holds(self, dimensions: Mapping[str, str]) -> bool:
        """Whether values of these dimensions are wanted; what is none of them does not count."""
        known = {name.lower(): value for name, value in dimensions.items()}
        return all(
            one.holds(known[one.name.lower()])
            for one in self.conditions
            if one.name.lower() in known
        )


def read_filter(text: str) -> Filter:
    """Return what a filter wants; nothing wants all, told as one.

    Raises:
        MetricsError: It is none, or joins conditions on different dimensions by ``or``.
    """
    return Filter(tuple(_conditions(text))) if text.strip() else Filter()


def _conditions(text: str) -> Iterator[Condition]:
    at, joined = 0, "and"
    last: Condition | None = None
    bare = _VALUE.sub("", text)
    while joined:
        term = _TERM.match(text, at)
        if term is None or bare.count("(") != bare.count(")"):
            raise errors.bad(f"Invalid $filter: '{text}'.")
        name, way = term[1].strip(), (term[2].lower(), term[3].replace("''", "'").lower())
        if joined == "and" or last is None:
            if last is not None:
                yield last
            last = Condition(name, (way,))
        elif last.name.lower() == name.lower():
            last = Condition(last.name, (*last.ways, way))
        else:
            raise errors.bad(
                f"Invalid $filter: 'or' cannot join conditions on '{last.name}' and '{name}'."
            )
        at = term.end()
        word = _WORD.match(text, at)
        if word is None and text[at:].strip():
            raise errors.bad(f"Invalid $filter: '{text}'.")
        at, joined = (word.end(), word[1].lower()) if word is not None else (at, "")
    if last is not None:
        yield last
