"""A twin, an Azure and the state between them, opened for one command."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from funcyard.azure.credentials import identity_of
from funcyard.azure.principal import principal_of
from funcyard.cli.deploy._azure import Purpose, azure_of, signed_in, state_folder
from funcyard.cli.deploy._taking import Deployed
from funcyard.cli.deploy._view import Progress
from funcyard.deploy.engine import Engine
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.regions import check_moves
from funcyard.twin.config.findings import TwinError
from funcyard.twin.config.reading import read_twin
from funcyard.twin.deploying.clock import clock_setting
from funcyard.twin.deploying.placing import deployer, lies_in, placed, placed_locally
from funcyard.twin.deploying.preflight import check_ready
from funcyard.twin.deploying.stack import brought, context_of, scope_of, twin_graph
from funcyard.twin.secrets import Secrets, read_generations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from funcyard.azure.credentials import Identity
    from funcyard.cli.twin._options import Choice
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.records import State
    from funcyard.deploy.scope import Scope
    from funcyard.twin.config.twin import Twin

ROOM: Final = "twin"
"""Below ``.funcyard``, where the states of a twin are."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a command about a deployed twin works with.

    Attributes:
        twin: The twin.
        engine: Reaches the Azure and holds the state.
        graph: What is wanted of the layers that are meant.
        scope: Which addresses the command is about.
        folder: Where the state is.
        clock: The setting of the twin's clock, None for the time of day; not kept yet.
        layers: Those that are meant; none for all.
    """

    twin: Twin
    engine: Engine[Reach]
    graph: Graph[Reach]
    scope: Scope
    folder: Path
    clock: str | None
    layers: tuple[str, ...]

    @property
    def nothing(self) -> str:
        """What is said where the layers that are meant hold nothing, wanted or deployed."""
        name = self.twin.config.digital_twin_name
        return f"{name} has nothing in {', '.join(self.layers) or 'any layer'}"

    async def state(self) -> State:
        """Return what is recorded."""
        return (await self.engine.store.read()).state


def deployed_twin(directory: Path, cloud: str) -> Deployed:
    """Return the twin in a folder, whether or not it is sound."""
    root = directory.resolve()
    return Deployed(
        root,
        ROOM,
        lambda: read_twin(root).twin.config.digital_twin_name,
        identity_of if cloud == "local" else lambda environ: _deployer(root, environ),
    )


def _deployer(root: Path, environ: Mapping[str, str]) -> Identity:
    """Return who deploys a twin to the public Azure, as it says; else as the environment does."""
    try:
        twin = read_twin(root).twin
    except TwinError:
        click.echo("the twin cannot be read: signing in as the environment says", err=True)
        return identity_of(environ)
    return deployer(twin, environ)


@asynccontextmanager
async def opened(
    choice: Choice, purpose: Purpose, *, scale: float | None = None
) -> AsyncIterator[Session]:
    """Open a twin and its Azure.

    Args:
        choice: Which.
        purpose: What for.
        scale: How many of the twin's seconds pass in one; None for what was said before.

    Raises:
        FuncyardError: The twin is not sound, cannot be deployed, or Azure cannot be reached.
    """
    root = choice.directory.resolve()
    twin = read_twin(root).twin
    view = Progress(is_shown=not choice.as_json)
    folder = state_folder(root, ROOM, choice.cloud)
    name = twin.config.digital_twin_name
    store = FolderStore(folder, name)
    async with azure_of(root, choice.cloud, store, purpose) as azure:
        where = (
            placed_locally(
                twin, azure.settings, azure.subscriptions, lies_in((await store.read()).state)
            )
            if choice.cloud == "local"
            else placed(twin, azure.settings)
        )
        async with reached(where.identity, azure.cloud) as reach:
            await signed_in(reach)
            engine = Engine(name, reach, store, REGISTRY, emit=view.show)
            context = context_of(
                twin,
                where.places,
                await _secrets(store, folder),
                principal=await principal_of(reach.credential, azure.cloud),
                environ=os.environ,
                clock=clock_setting(folder, scale),
            )
            graph = twin_graph(context, choice.layers)
            if purpose is Purpose.BRING:
                check_ready(context, brought(graph, choice.layers))
                await check_moves(reach, graph, (await store.read()).state)
            scope = scope_of(choice.layers)
            yield Session(twin, engine, graph, scope, folder, context.clock, choice.layers)


async def _secrets(store: FolderStore, folder: Path) -> Secrets:
    """Return the secrets of a twin, made of the key that its state has from now on."""
    async with store.open() as journal:
        return Secrets(journal.seal.key, read_generations(folder))
