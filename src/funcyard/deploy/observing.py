"""Reads resources, one call each, all at once within the bound on calls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from funcyard.deploy.resource import HiddenYetError
from funcyard.deploy.retrying import read
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funcyard.deploy.engine import Engine
    from funcyard.deploy.resource import CloudT, Observed, Resource


class CannotReadError(FuncyardError):
    """Several resources could not be read, so nothing was planned."""

    code = "cannot-read"


async def observe(
    engine: Engine[CloudT],
    declared: Iterable[Resource[CloudT]],
    leaving: Iterable[Resource[CloudT]] = (),
) -> dict[str, Observed | None]:
    """Return resources as they are by identity, None for those that are not there.

    What is declared and hidden yet counts as absent; what leaves and is hidden does where that in
    which it lies leaves, too, and so takes it along.

    Args:
        engine: What reads them.
        declared: Those that are wanted.
        leaving: Those that are to be taken away.

    Raises:
        FuncyardError: One could not be read; all of them are told.
    """
    wanted, going = list(declared), list(leaving)
    looked = await look(engine, [*wanted, *going])
    unneeded = {resource.identity for resource in wanted} | {
        resource.identity
        for resource in going
        if any(resource.identity.startswith(f"{other.identity}/") for other in going)
    }
    found = {
        identity: None if isinstance(result, HiddenYetError) and identity in unneeded else result
        for identity, result in looked.items()
    }
    faults = [result for result in found.values() if isinstance(result, FuncyardError)]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise CannotReadError("; ".join(fault.message for fault in faults), hint=faults[0].hint)
    return {
        identity: result
        for identity, result in found.items()
        if not isinstance(result, FuncyardError)
    }


async def look(
    engine: Engine[CloudT], resources: Iterable[Resource[CloudT]]
) -> Mapping[str, Observed | FuncyardError | None]:
    """Return resources as they are by identity, or why one could not be read."""

    async def one(resource: Resource[CloudT]) -> Observed | FuncyardError | None:
        try:
            return await read(engine, resource, engine.clock.now() + resource.timeout)
        except FuncyardError as fault:
            return fault

    given = list(resources)
    async with asyncio.TaskGroup() as group:
        tasks = {resource.identity: group.create_task(one(resource)) for resource in given}
    return {identity: task.result() for identity, task in tasks.items()}
