"""Goes on with a run that was killed or stopped by a failure, to where it would have ended.

What was announced without an outcome is looked at in the cloud: what is not there is made, what is
there and ours is taken as made, what is not wanted any more is taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deploy.apply import Report, deploy
from funcyard.deploy.destroy import destroy
from funcyard.errors import UserError

if TYPE_CHECKING:
    from funcyard.deploy.engine import Engine
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.resource import CloudT


class NothingToResumeError(UserError):
    """The last run came to its end."""

    code = "nothing-to-resume"


async def resume(engine: Engine[CloudT], graph: Graph[CloudT]) -> Report | None:
    """Go on with the last run.

    Args:
        engine: What it is made with.
        graph: What is wanted; a run that takes the stack away does without.

    Raises:
        NothingToResumeError: It came to its end.
        FuncyardError: It could not begin.
    """
    unended = (await engine.store.read()).state.unended
    if unended is None:
        raise NothingToResumeError(
            f"nothing of the stack {engine.stack} is left to be done",
            hint="deploy looks whether anything changed since",
        )
    return await destroy(engine) if unended == "destroy" else await deploy(engine, graph)
