"""What is deployed, opened by its state alone: to take it away, whatever its configuration says."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from funcyard.azure.credentials import identity_of
from funcyard.cli.deploy._azure import Purpose, azure_of, signed_in, state_folder
from funcyard.cli.deploy._local import LOCATION
from funcyard.cli.deploy._running import Shown, carry_out, show_nothing
from funcyard.cli.deploy._view import Progress
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.folder_reading import stack_of
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.scope import Scope, everywhere
from funcyard.emulator.core import finding
from funcyard.emulator.running import NotServingError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from funcyard.azure.credentials import Identity
    from funcyard.deploy.records import State


class Chosen(Shown, Protocol):
    """Where a command was asked to act, and how to show it."""

    @property
    def cloud(self) -> str:
        """``local`` or ``public``."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What is deployed.

    Attributes:
        engine: Reaches the Azure and holds the state.
    """

    engine: Engine[Reach]

    async def state(self) -> State:
        """Return what is recorded."""
        return (await self.engine.store.read()).state


@dataclass(frozen=True, slots=True)
class Deployed:
    """Something that may be deployed, in a folder.

    Attributes:
        root: The folder.
        room: What it is: ``deploy`` for a project.
        name: Reads its name, which is asked for where its state names none.
        identity: Who deploys, by the settings of an Azure.
    """

    root: Path
    room: str
    name: Callable[[], str]
    identity: Callable[[Mapping[str, str]], Identity] = identity_of

    def stored(self, cloud: str) -> tuple[str, FolderStore]:
        """Return the name under which it is deployed, and its state.

        Raises:
            FuncyardError: The state cannot be read; or it names nothing, and neither does the rest.
        """
        folder = state_folder(self.root, self.room, cloud)
        name = stack_of(folder) or self.name()
        return name, FolderStore(folder, name)


@asynccontextmanager
async def taking(deployed: Deployed, choice: Chosen) -> AsyncIterator[Taking]:
    """Open what is deployed.

    Raises:
        FuncyardError: The state cannot be read, or Azure cannot be reached.
    """
    name, store = deployed.stored(choice.cloud)
    view = Progress(is_shown=not choice.as_json)
    async with (
        azure_of(deployed.root, choice.cloud, store, Purpose.TAKE) as azure,
        reached(deployed.identity(azure.settings), azure.cloud) as reach,
    ):
        await signed_in(reach)
        yield Taking(Engine(name, reach, store, REGISTRY, emit=view.show))


async def take_away(
    deployed: Deployed, choice: Chosen, *, yes: bool, scope: Scope = everywhere
) -> int:
    """Take away what is deployed and return the exit status.

    Where the state tells of nothing, nothing is started for it and nobody signs in; a local Azure
    that runs is left as after a taking away.

    Args:
        deployed: What.
        choice: Where, and how it is shown.
        yes: Ask nothing.
        scope: Which addresses are meant.

    Raises:
        FuncyardError: The state cannot be read, or Azure cannot be reached.
    """
    _, store = deployed.stored(choice.cloud)
    state = (await store.read()).state
    is_empty = not state.records and state.unended is None
    if is_empty and not (choice.cloud == "local" and _local_runs(deployed.root)):
        return show_nothing(choice, state)
    async with taking(deployed, choice) as session:
        return await carry_out(
            session,
            choice,
            lambda approve: destroy(session.engine, scope=scope, approve=approve),
            yes=yes,
        )


def _local_runs(root: Path) -> bool:
    try:
        finding.find(root / LOCATION)
    except NotServingError:
        return False
    return True
