"""What differs between what is wanted and what is there.

Only wanted properties are compared, since a cloud adds defaults of its own; what was written
before and is wanted no more is a difference, too, where it is still there. Lists are compared item
by item. A secret is compared by its keyed hash; where a cloud does not show it, what was recorded
of it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from funcyard.deploy.refs import Json
from funcyard.deploy.sealing import Seal, Sealed, holds_sealed
from funcyard.deploy.settling import Settled, Unknown, as_json, holds_secret

Path: TypeAlias = tuple[str | int, ...]
Alike: TypeAlias = Callable[[Path, Json, Json], bool]
"""Whether a cloud means the same by a wanted and a found value, such as a region's two names."""


class Missing(Enum):
    """That there is no value, which is not the same as null everywhere."""

    MISSING = "(none)"


MISSING: Final = Missing.MISSING
HIDDEN: Final = "(secret)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One property that is not as it is wanted.

    Attributes:
        path: Where it is.
        found: What is there; :data:`HIDDEN` for a secret.
        wanted: What shall be there, unknown where another resource will tell; hidden likewise.
    """

    path: Path
    found: Json | Missing
    wanted: Json | Missing | Unknown

    @property
    def is_secret(self) -> bool:
        """Whether the values are kept back."""
        return HIDDEN in (self.found, self.wanted)

    def __str__(self) -> str:
        return f"{spelled(self.path)}: {_told(self.found)} → {_told(self.wanted)}"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the record of a resource says of its properties.

    Attributes:
        inputs: Those that were written, secrets sealed; empty where there is no record.
        certain: Whether they surely were: not while a write is pending.
        seal: Makes the hashes.
    """

    inputs: Mapping[str, Json]
    certain: bool
    seal: Seal


def spelled(path: Path) -> str:
    """Return a path in words: ``siteConfig.appSettings[2].value``."""
    told = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return told.removeprefix(".")


def differences(
    wanted: Mapping[str, Settled], found: Mapping[str, Json], baseline: Baseline, alike: Alike
) -> tuple[Difference, ...]:
    """Return what differs, in the order of the wanted properties."""
    comparison = _Comparison(baseline, alike)
    return tuple(comparison.of_mappings((), dict(wanted), dict(found), dict(baseline.inputs)))


@dataclass(frozen=True, slots=True)
class _Comparison:
    baseline: Baseline
    alike: Alike

    def of_mappings(
        self, path: Path, wanted: dict[str, Settled], found: dict[str, Json], recorded: Json
    ) -> Iterator[Difference]:
        before = recorded if isinstance(recorded, dict) else {}
        for name, value in wanted.items():
            yield from self.of_values(
                (*path, name), value, found.get(name, MISSING), before.get(name)
            )
        for name, written in before.items():
            if name not in wanted and found.get(name) is not None:
                shown = HIDDEN if holds_sealed(written) else found[name]
                yield Difference((*path, name), shown, MISSING)

    def of_values(
        self, path: Path, wanted: Settled, found: Json | Missing, recorded: Json
    ) -> Iterator[Difference]:
        match wanted:
            case Sealed():
                if not self._same_secret(wanted, found, recorded):
                    # Where a type tells a missing secret as an empty one, none was there, either.
                    shown = MISSING if found is MISSING or found == "" else HIDDEN
                    yield Difference(path, shown, HIDDEN)
                return
            case dict() if isinstance(found, dict):
                yield from self.of_mappings(path, wanted, found, recorded)
                return
            case list() if isinstance(found, list) and len(found) == len(wanted):
                before = recorded if isinstance(recorded, list) else []
                for number, pair in enumerate(zip(wanted, found, strict=True)):
                    was = before[number] if number < len(before) else None
                    yield from self.of_values((*path, number), *pair, was)
                return
        if not isinstance(wanted, Unknown) and self._same(path, wanted, found):
            return
        secret = holds_secret(wanted) or holds_sealed(recorded)
        yield Difference(
            path,
            HIDDEN if secret and found is not MISSING else found,
            HIDDEN if secret else wanted if isinstance(wanted, Unknown) else as_json(wanted),
        )

    def _same(self, path: Path, wanted: Settled, found: Json | Missing) -> bool:
        if found is MISSING or found is None:
            return wanted is None or wanted in ({}, [])
        plain = as_json(wanted)
        if isinstance(plain, bool) == isinstance(found, bool) and plain == found:
            return True
        return not holds_secret(wanted) and self.alike(path, plain, found)

    def _same_secret(self, wanted: Sealed, found: Json | Missing, recorded: Json) -> bool:
        written = Sealed.from_json(recorded) if self.baseline.certain else None
        seen = self.baseline.seal.digest(found) if isinstance(found, str) else None
        if wanted.digest is not None:
            return wanted.digest == (seen or (written.digest if written else None))
        if written is None or (written.source, written.as_of) != (wanted.source, wanted.as_of):
            return False
        return seen is None or seen == written.digest


def _told(value: Json | Missing | Unknown) -> str:
    match value:
        case Missing():
            return value.value
        case Unknown():
            return f"(known later: {value.source})"
        case _:
            return value if value == HIDDEN else repr(value)
