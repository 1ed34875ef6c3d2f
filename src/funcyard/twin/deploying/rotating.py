"""Which tokens of a twin are being replaced, and how far that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.twin.boundaries import boundaries
from funcyard.twin.config.clouds import provider_of
from funcyard.twin.contract import settings
from funcyard.twin.secrets import Generation, read_generations, write_generations

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from funcyard.deploy.store import Store
    from funcyard.twin.config.twin import Twin


class UnknownTokenError(UsageError):
    """A twin has no token of that name."""

    code = "unknown-token"


def tokens_of(twin: Twin, wanted: Collection[str] = ()) -> tuple[str, ...]:
    """Return the settings of the tokens that a twin's functions accept.

    Args:
        twin: The twin.
        wanted: Those that are meant; all where none are named.

    Raises:
        UnknownTokenError: It has not one of them.
    """
    found = {
        one.token for one in boundaries(twin.providers) if provider_of(one.receiver) == "azure"
    }
    if provider_of(twin.providers.layer_3_hot_provider) == "azure":
        found.add(settings.HOT_READER_TOKEN)
    unknown = sorted(set(wanted) - found)
    if unknown:
        raise UnknownTokenError(
            f"the twin has no token {', '.join(unknown)}",
            hint=f"one of {', '.join(sorted(found))}" if found else "it has none at all",
        )
    return tuple(sorted(wanted or found))


def unsettled(folder: Path, names: Collection[str]) -> tuple[str, ...]:
    """Return those of some tokens that are being replaced.

    Raises:
        StateDamagedError: What is kept cannot be read.
    """
    kept = read_generations(folder)
    return tuple(name for name in names if not kept.get(name, Generation()).is_settled)


async def advance(folder: Path, store: Store, names: Collection[str]) -> Mapping[str, Generation]:
    """Make the next step of replacing tokens, for the deployment that comes.

    Returns:
        Which tokens counted before, for ``take_back``.

    Raises:
        StateLockedError: Another deployment is at work.
        StateDamagedError: What is kept cannot be read.
        OSError: It cannot be kept.
    """
    async with store.open():
        kept = read_generations(folder)
        changed = {name: kept.get(name, Generation()).next() for name in names}
        write_generations(folder, {**kept, **changed})
    return kept


async def take_back(folder: Path, store: Store, before: Mapping[str, Generation]) -> None:
    """Let those tokens count that did before a step, whose deployment was declined.

    Raises:
        StateLockedError: Another deployment is at work.
        OSError: It cannot be kept.
    """
    async with store.open():
        write_generations(folder, before)
