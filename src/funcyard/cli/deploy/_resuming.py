"""A run that was cut short goes on: a taking away by its state alone, else by what is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from funcyard.cli.deploy._running import carry_out
from funcyard.cli.deploy._taking import taking
from funcyard.deploy.graph import Graph
from funcyard.deploy.resume import left_to_do, resume

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from funcyard.cli.deploy._taking import Chosen, Deployed
    from funcyard.deploy.engine import Engine
    from funcyard.deploy.records import State
    from funcyard.deploy.resources.reach import Reach


class Bringing(Protocol):
    """What a command works with that brings something to Azure."""

    @property
    def engine(self) -> Engine[Reach]:
        """Reaches the Azure and holds the state."""

    @property
    def graph(self) -> Graph[Reach]:
        """What is wanted."""

    async def state(self) -> State:
        """Return what is recorded."""


async def go_on(
    deployed: Deployed,
    choice: Chosen,
    opened: Callable[[], AbstractAsyncContextManager[Bringing]],
) -> int:
    """Go on with the last run of what is deployed, and return the exit status.

    Args:
        deployed: What.
        choice: Where, and how it is shown.
        opened: Opens all of it, to bring what is wanted.

    Raises:
        NothingToResumeError: The last run came to its end.
        FuncyardError: What was wanted is not sound, or Azure cannot be reached.
    """
    _, store = deployed.stored(choice.cloud)
    if (await left_to_do(store)).verb == "destroy":
        async with taking(deployed, choice) as held:
            return await carry_out(held, choice, lambda _: resume(held.engine, Graph([])), yes=True)
    async with opened() as session:
        return await carry_out(
            session, choice, lambda _: resume(session.engine, session.graph), yes=True
        )
