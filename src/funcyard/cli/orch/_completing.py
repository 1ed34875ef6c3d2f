"""Names that a shell offers while a command is typed: apps, revisions and replicas of Azure.

A shell waits for the answer, and has no place for an error: what Azure does not tell within some
seconds is not offered.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from funcyard.cli.orch._which import Choice
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import click

    from funcyard.cli.orch._session import Session

    Asking = Callable[[Session], Awaitable[list[str]]]

_PATIENCE: Final = 3.0
_OPTIONS: Final = ("app-name", "resource-group", "subscription-id", "cloud")


def complete_app(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the apps of the resource group."""
    del parameter

    async def names(session: Session) -> list[str]:
        return [str(one.get("name", "")) for one in await session.client.apps(session.app.group)]

    # Its name is what is asked for, so any stands for it.
    return _offered(context, incomplete, names, {"app-name": "any"})


def complete_revision(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the revisions of the app."""
    del parameter
    return _offered(context, incomplete, _revisions, {})


def complete_replica(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the replicas of the revision that was named, else of all that are active."""
    del parameter
    chosen = context.params.get("revision")

    async def names(session: Session) -> list[str]:
        revisions = [str(chosen)] if chosen else await _active(session)
        client, app = session.client, session.app
        found = await asyncio.gather(*(client.replicas(app, name) for name in revisions))
        return [str(one.get("name", "")) for replicas in found for one in replicas]

    return _offered(context, incomplete, names, {})


async def _revisions(session: Session) -> list[str]:
    return [str(one.get("name", "")) for one in await session.client.revisions(session.app)]


async def _active(session: Session) -> list[str]:
    found = await session.client.revisions(session.app)
    return [
        str(one.get("name", "")) for one in found if (one.get("properties") or {}).get("active")
    ]


def _offered(
    context: click.Context, incomplete: str, asking: Asking, given: dict[str, str]
) -> list[str]:
    options = {
        name: str(value)
        for name in _OPTIONS
        if (value := context.params.get(name.replace("-", "_"))) is not None
    }
    choice = Choice({**options, **given}, context.params.get("profile"))
    try:
        return sorted(
            name for name in asyncio.run(_asked(choice, asking)) if name.startswith(incomplete)
        )
    except (FuncyardError, OSError):
        return []


async def _asked(choice: Choice, asking: Asking) -> list[str]:
    from funcyard.cli.orch._session import opened  # noqa: PLC0415 - only for shells

    async with asyncio.timeout(_PATIENCE), opened(choice, waits=0) as session:
        return await asking(session)
