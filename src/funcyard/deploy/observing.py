"""Reads resources, all at once within the bound on calls.

One call each, but for those that are read together: one call for all of those, and one more for
each of which that told nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from funcyard.deploy.failures import FAULTS
from funcyard.deploy.resource import HiddenYetError
from funcyard.deploy.retrying import read
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

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
    groups: dict[Hashable, list[Resource[CloudT]]] = {}
    for resource in resources:
        shared = resource.read_with
        key = resource.identity if shared is None else (type(resource), shared)
        groups.setdefault(key, []).append(resource)
    async with asyncio.TaskGroup() as tasks:
        looks = [tasks.create_task(_look_at(engine, group)) for group in groups.values()]
    return {identity: found for one in looks for identity, found in one.result().items()}


async def _look_at(
    engine: Engine[CloudT], group: Sequence[Resource[CloudT]]
) -> dict[str, Observed | FuncyardError | None]:
    """Return resources that are read together, or one that is not."""

    async def alone(resource: Resource[CloudT]) -> Observed | FuncyardError | None:
        try:
            return await read(engine, resource, engine.clock.now() + resource.timeout)
        except FuncyardError as fault:
            return fault

    told = await _told(engine, group) if len(group) > 1 else {}
    async with asyncio.TaskGroup() as tasks:
        reads = {
            resource.identity: tasks.create_task(alone(resource))
            for resource in group
            if resource.identity not in told
        }
    return {**told, **{identity: task.result() for identity, task in reads.items()}}


async def _told(
    engine: Engine[CloudT], group: Sequence[Resource[CloudT]]
) -> Mapping[str, Observed | None]:
    """Return what one call tells of a group, nothing where it fails: reading alone says why."""
    try:
        async with engine.calls:
            return await type(group[0]).read_together(engine.cloud, group)
    except FAULTS:
        return {}
