"""Goes on with a run that was killed or stopped by a failure, to where it would have ended.

What was announced without an outcome is looked at in the cloud: what is not there is made, what is
there and ours is taken as made, what is not wanted any more is taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deploy.apply import Report, deploy
from funcyard.deploy.destroy import destroy
from funcyard.deploy.scope import everywhere
from funcyard.errors import UserError

if TYPE_CHECKING:
    from funcyard.deploy.engine import Engine
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.records import Unended
    from funcyard.deploy.resource import CloudT
    from funcyard.deploy.store import Store


class NothingToResumeError(UserError):
    """The last run came to its end."""

    code = "nothing-to-resume"


async def left_to_do(store: Store) -> Unended:
    """Return the last run, which did not come to its end; asks nobody but the state.

    Raises:
        NothingToResumeError: It came to its end.
        FuncyardError: The state cannot be read.
    """
    state = (await store.read()).state
    if state.unended is None:
        raise NothingToResumeError(
            f"nothing of the stack {state.stack} is left to be done",
            hint="deploy looks whether anything changed since",
        )
    return state.unended


async def resume(engine: Engine[CloudT], graph: Graph[CloudT]) -> Report | None:
    """Go on with the last run: with the same part of the stack, and what it may take over.

    Args:
        engine: What it is made with.
        graph: What is wanted of the whole stack; a run that takes it away does without.

    Raises:
        NothingToResumeError: It came to its end.
        FuncyardError: It could not begin.
    """
    unended = await left_to_do(engine.store)
    scope = everywhere if unended.addresses is None else frozenset(unended.addresses).__contains__
    if unended.verb == "destroy":
        return await destroy(engine, scope=scope)
    if unended.addresses is not None:
        graph = graph.part(graph.resources.keys() & set(unended.addresses))
    adopt = graph.resources.keys() & set(unended.adopt)
    return await deploy(engine, graph, adopt=adopt, scope=scope)
