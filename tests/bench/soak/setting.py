"""Everything that a soak goes on in: storage and what spoils it, a repository, GitHub, judges."""

from __future__ import annotations

import contextlib
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.bench.platform_parts import azurite
from tests.bench.soak.executions import ExecutionJudge
from tests.bench.soak.jobs import JobJudge
from tests.bench.soak.pushing import Pusher
from tests.bench.soak.revoking import Revocations
from tests.bench.soak.soaking import Soak
from tests.bench.soak.spot import Spot
from tests.bench.soak.versions import VersionJudge
from tests.fault_proxy import FaultProxy
from tests.github_stand_in import GitHubStandIn
from tests.integration.emulator.conftest import start
from tests.integration.workspace.connected.platform import Place
from tests.integration.workspace.git_server import TOKEN, GitServer

from funcyard.azure.storage import StorageAccount
from funcyard.workflows.executions.listing import Listing
from funcyard.workflows.executions.payloads import Payloads
from funcyard.workflows.executions.store import Store
from funcyard.workflows.executions.table import ExecutionTable

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.integration.emulator.conftest import Files
    from tests.integration.workspace.connected.platform import Platform

_SPOILED = 0.05
_SILENCE = 0.4
_REPOSITORY, _IDENTITY = "contoso/flows", 77


class Spoiling:
    """What spoils one of twenty requests to storage, a proxy a service.

    Args:
        stack: Closes them.
        connection: Of Azurite.
        files: Address of the file service.
        choice: Of their seeds.
    """

    def __init__(
        self,
        stack: contextlib.AsyncExitStack,
        connection: str,
        files: str,
        choice: random.Random,
    ) -> None:
        self._account = StorageAccount.from_connection_string(connection)
        ends = {**self._account.endpoints, "file": files}
        self._proxies = {
            service: stack.enter_context(
                FaultProxy(url, share=_SPOILED, silence=_SILENCE, seed=choice.randrange(1 << 30))
            )
            for service, url in ends.items()
        }

    @property
    def connection(self) -> str:
        """The connection string that leads through them."""
        ends = ";".join(
            f"{name.title()}Endpoint={self._proxies[name].url}"
            for name in ("blob", "queue", "table")
        )
        key = f"AccountName={self._account.name};AccountKey={self._account.key}"
        return f"DefaultEndpointsProtocol=http;{key};{ends}"

    @property
    def files(self) -> str:
        """The address of the file service that leads through one."""
        return self._proxies["file"].url

    @property
    def requests(self) -> int:
        """How many came through."""
        return sum(len(proxy.seen) for proxy in self._proxies.values())

    @property
    def met(self) -> Counter[str]:
        """What happened to how many of them."""
        met: Counter[str] = Counter()
        for proxy in self._proxies.values():
            met.update({fault.value: count for fault, count in proxy.met.items()})
        return met


@dataclass(frozen=True)
class Setting:
    """A soak that can begin, and what spoils its storage."""

    soak: Soak
    spoiling: Spoiling


@contextlib.asynccontextmanager
async def setting(folder: Path, choice: random.Random) -> AsyncIterator[Setting]:
    """Build everything, connect the repository, and push to it until the block is left.

    Args:
        folder: For whatever is made.
        choice: Of faults and moments.
    """
    async with contextlib.AsyncExitStack() as stack:
        connection = stack.enter_context(azurite(folder / "azurite"))
        service = start(folder / "files")
        stack.callback(service.end)
        spoiling = Spoiling(stack, connection, service.url, choice)
        git = stack.enter_context(GitServer(folder / "git"))
        github = stack.enter_context(GitHubStandIn(TOKEN))
        github.add(_REPOSITORY, _IDENTITY)
        place = Place(connection, str(folder), github.url, f"127.0.0.1:{git.port}")
        clean = Spot(place, service.url, service.key, f"s{uuid.uuid4().hex}", str(folder / "local"))
        spoiled = replace(
            clean, place=replace(place, connection=spoiling.connection), files=spoiling.files
        )
        sound = await stack.enter_async_context(clean.open())
        shaky = await stack.enter_async_context(spoiled.open())
        await sound.workspace.store.prepare()
        pusher = Pusher(git.create(_REPOSITORY), shaky, clean.followed, choice)
        await pusher.commit()
        made = await sound.connections.create(clean.followed, git.url(_REPOSITORY), TOKEN, by="ada")
        assert made.connection.repository_id == _IDENTITY, "GitHub was not asked"
        await sound.work()
        revocations = Revocations(git, github, sound, shaky, clean.followed, pusher.commits)
        judges = await _judges(stack, clean, sound, service, revocations)
        await pusher.start(await sound.secret(clean.followed))
        stack.push_async_callback(pusher.stop)
        yield Setting(Soak(spoiled, sound, service, pusher, revocations, *judges), spoiling)


async def _judges(
    stack: contextlib.AsyncExitStack,
    spot: Spot,
    sound: Platform,
    service: Files,
    revocations: Revocations,
) -> tuple[tuple[VersionJudge, VersionJudge], JobJudge, ExecutionJudge]:
    account = StorageAccount.from_connection_string(spot.place.connection)
    tables = await stack.enter_async_context(account.tables())
    blobs = await stack.enter_async_context(account.blobs())
    view, commits = service.folder(spot.share), revocations.commits
    table = ExecutionTable(tables)
    followed = VersionJudge(sound.workspace, spot.followed, view, commits)
    edited = VersionJudge(sound.workspace, spot.edited, view, {})
    return (
        (followed, edited),
        JobJudge(sound, spot.followed, commits, followed, revocations.between),
        ExecutionJudge(
            Store(table, Payloads(blobs)), Listing(table), spot.followed, commits, followed
        ),
    )
