"""A project, an Azure and the state between them, opened for one command."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.azure.credentials import identity_of
from funcyard.cli._clock import today
from funcyard.cli.deploy._azure import Purpose, azure_of, signed_in, state_folder
from funcyard.cli.deploy._taking import Deployed
from funcyard.cli.deploy._view import Progress
from funcyard.deploy.engine import Engine
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.regions import check_moves
from funcyard.errors import UsageError
from funcyard.project.deploying.code import packed, verified
from funcyard.project.deploying.naming import Target, usual_group
from funcyard.project.deploying.settings import given_settings
from funcyard.project.deploying.stack import project_graph, target_of
from funcyard.project.opening import open_project
from funcyard.project.root import find_root

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from funcyard.cli.deploy._options import Choice
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.records import State
    from funcyard.project.deploying.stack import Code
    from funcyard.project.spec import Spec

ROOM: Final = "deploy"
"""Below ``.funcyard``, where the states of a project are."""
_LOCATION: Final = "westeurope"
_SUBSCRIPTION: Final = "AZURE_SUBSCRIPTION_ID"


class NoSubscriptionError(UsageError):
    """Nothing says which subscription is meant."""

    code = "no-subscription"


@dataclass(frozen=True, slots=True)
class Session:
    """What a command deploys with.

    Attributes:
        spec: The project's.
        engine: Reaches the Azure and holds the state.
        target: Where in it.
        code: Of each app.
        given: What ``.env`` sets.
    """

    spec: Spec
    engine: Engine[Reach]
    target: Target
    code: Mapping[str, Code]
    given: Mapping[str, str]

    @property
    def graph(self) -> Graph[Reach]:
        """What is wanted."""
        return project_graph(self.spec, self.target, self.code, self.given)

    async def state(self) -> State:
        """Return what is recorded."""
        return (await self.engine.store.read()).state


def deployed_project(directory: Path) -> Deployed:
    """Return the project in or above a folder, whether or not it is sound.

    Raises:
        NoProjectError: There is none.
    """
    root = find_root(directory)
    return Deployed(root, ROOM, lambda: open_project(root, today=today()).spec.project_name)


@asynccontextmanager
async def opened(choice: Choice, purpose: Purpose) -> AsyncIterator[Session]:
    """Open a project and its Azure.

    A local Azure that was started by commands like these goes on running while it holds something
    of the project, and was not started for a look.

    Args:
        choice: Which.
        purpose: What for.

    Raises:
        FuncyardError: The project is not sound, cannot be deployed, or Azure cannot be reached.
    """
    project = open_project(choice.directory, today=today())
    root, spec = project.root, project.spec
    view = Progress(is_shown=not choice.as_json)
    store = FolderStore(state_folder(root, ROOM, choice.cloud), spec.project_name)
    state = (await store.read()).state
    given = given_settings(root)
    code = packed(root, spec, state)
    if purpose is Purpose.BRING:
        code = await verified(root, spec, code, given, process=os.environ, say=view.say)
    async with azure_of(root, choice.cloud, store, purpose) as azure:
        target = _target(choice, spec, state, azure.settings)
        async with reached(identity_of(azure.settings), azure.cloud) as reach:
            await signed_in(reach)
            engine = Engine(spec.project_name, reach, store, REGISTRY, emit=view.show)
            session = Session(spec, engine, target, code, given)
            if purpose is Purpose.BRING:
                await check_moves(reach, session.graph, state)
            yield session


def _target(choice: Choice, spec: Spec, state: State, settings: Mapping[str, str]) -> Target:
    """Return what was asked for, else where it was deployed to, else the usual."""
    before = target_of(state)
    subscription = choice.subscription or (
        before.subscription if before else settings.get(_SUBSCRIPTION, "")
    )
    if not subscription:
        raise NoSubscriptionError(
            "no subscription is named", hint=f"--subscription ID, or {_SUBSCRIPTION}"
        )
    return Target(
        subscription,
        choice.group or (before.group if before else usual_group(spec.project_name)),
        choice.location or (before.location if before else _LOCATION),
    )
