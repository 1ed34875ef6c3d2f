"""Interfaces held against those that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.digitaltwins.dtdl.interface import Interfaces, ancestry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.digitaltwins.dtdl.interface import Interface

_DEEPEST: Final = 10


def faults(added: list[Interface], known: Interfaces) -> Iterator[str]:
    """Yield why interfaces mean nothing among others; nothing where they do.

    Args:
        added: The new ones.
        known: All, the new ones among them.
    """
    missing = [
        f"{one.id}: {named} does not exist"
        for one in added
        for named in one.dependencies
        if named not in known
    ]
    if missing:
        yield from missing
        return
    depths: dict[str, int | None] = {}
    for one in added:
        depth = _depth(one.id, known, (), depths)
        if depth is None:
            yield f"{one.id}: extends itself"
        elif depth > _DEEPEST:
            yield f"{one.id}: what it extends is deeper than {_DEEPEST}"
        else:
            yield from _clashes(one, known)
            yield from _nested(one, known)


def _depth(
    identifier: str, known: Interfaces, above: tuple[str, ...], found: dict[str, int | None]
) -> int | None:
    """Return how many interfaces lie above one; None where one is above itself.

    Args:
        identifier: Which.
        known: All.
        above: From which it was reached.
        found: Of how many it is known by now; filled in.
    """
    if identifier in above:
        return None
    if identifier not in found:
        path = (*above, identifier)
        depths = [_depth(one, known, path, found) for one in known[identifier].extends]
        deepest = [one + 1 for one in depths if one is not None]
        found[identifier] = max(deepest, default=0) if len(deepest) == len(depths) else None
    return found[identifier]


def _clashes(one: Interface, known: Interfaces) -> Iterator[str]:
    """Yield names that an interface has from two of those that it extends, or itself."""
    owners: dict[str, str] = {}
    for identifier in ancestry(one.id, known):
        for name in known[identifier].names:
            if owners.setdefault(name, identifier) != identifier:
                yield f"{one.id}: '{name}' is in {owners[name]} and in {identifier}"


def _nested(one: Interface, known: Interfaces) -> Iterator[str]:
    """Yield components that hold components, which the language forbids."""
    for name, identifier in one.components.items():
        for above in _reached(identifier, known):
            if known[above].components:
                yield f"{one.id}: the component '{name}' holds components"
                break


def _reached(identifier: str, known: Interfaces) -> list[str]:
    return ancestry(identifier, known) if identifier in known else []
