"""Extension bundles: what a version range admits, and which bindings need which.

A range is written as NuGet does: ``[4.0.0, 5.0.0)``, ``[4.*, 5.0.0)``, or one version, which means
that one or newer. The host takes the newest bundle that the range admits.
https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.functions.model import Binding

Version = tuple[int, int, int]

_FILE = Path(__file__).with_name("bundles.json")
_RANGE = re.compile(
    r"(?P<open>[\[(])\s*(?P<low>[^,\s]*)\s*(?:,\s*(?P<high>[^,\s]*)\s*)?(?P<close>[\])])"
)
_VERSION = re.compile(r"(\d+|\*)(?:\.(\d+|\*))?(?:\.(\d+|\*))?(?:[-+].*)?")


@dataclass(frozen=True, slots=True)
class Range:
    """A version range.

    Attributes:
        low: The lowest version, and whether it is admitted; None for any.
        high: The highest version, and whether it is admitted; None for any.
    """

    low: tuple[Version, bool] | None
    high: tuple[Version, bool] | None

    def admits_major(self, major: int, least: Version = (0, 0, 0)) -> bool:
        """Tell whether some version of a major version, not below ``least``, is admitted."""
        first: tuple[Version, bool] = (max((major, 0, 0), least), True)
        last: tuple[Version, bool] = ((major + 1, 0, 0), False)
        low = max(first, self.low or first, key=lambda end: (end[0], not end[1]))
        high = min(last, self.high or last, key=lambda end: (end[0], end[1]))
        return low[0] < high[0] or (low[0] == high[0] and low[1] and high[1])


def read_range(text: str) -> Range | None:
    """Return the range that a text names, None where it names none."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        version = _version(text.strip())
        return None if version is None else Range((version, True), None)
    low, high = found["low"], found["high"]
    if high is None:  # [1.0] is that version alone
        version = _version(low)
        return None if version is None else Range((version, True), (version, True))
    ends = [_version(end) if end else None for end in (low, high)]
    if (low and ends[0] is None) or (high and ends[1] is None):
        return None
    return Range(
        None if ends[0] is None else (ends[0], found["open"] == "["),
        None if ends[1] is None else (ends[1], found["close"] == "]"),
    )


def majors(bundle: str) -> tuple[int, ...]:
    """Return the major versions that there are of a bundle, none for one that there is not."""
    return tuple(_table()["ids"].get(bundle, ()))


def known_bundles() -> tuple[str, ...]:
    """Return the ids of the bundles that there are."""
    return tuple(_table()["ids"])


def newest(bundle: str, admitted: Range) -> int:
    """Return the newest major version of a bundle that the host would take, 0 for none."""
    least = lowest() if bundle == known_bundles()[0] else (0, 0, 0)
    found = [major for major in majors(bundle) if admitted.admits_major(major, least)]
    return max(found, default=0)


def lowest() -> Version:
    """Return the oldest version that the host accepts of the usual bundle."""
    version = _version(_table()["lowest"])
    assert version is not None  # noqa: S101 - the file's own
    return version


def usual_range() -> str:
    """Return the range that new apps are made with."""
    return str(_table()["range"])


def supported() -> int:
    """Return the major version that is supported."""
    return int(_table()["supported"])


def needs_extension(binding: Binding) -> bool:
    """Tell whether the host itself knows nothing of a binding's type."""
    return binding.type.lower() not in {name.lower() for name in _table()["built_in"]}


def needed(bindings: Iterable[Binding]) -> int:
    """Return the lowest major version of the usual bundle that has all the bindings."""
    since = {name.lower(): major for name, major in _table()["since"].items()}
    found = [0]
    for binding in bindings:
        found.append(since.get(binding.type.lower(), 0))
        if binding.type.lower().startswith("cosmosdb") and binding.get("containerName"):
            found.append(int(_table()["cosmos"]["containerName"]))
    return max(found)


def _version(text: str) -> Version | None:
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    parts = [0 if part in {None, "*"} else int(part) for part in found.groups()]
    return parts[0], parts[1], parts[2]


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return table
