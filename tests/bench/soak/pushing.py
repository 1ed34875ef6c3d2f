"""Somebody who pushes about once a second, and GitHub, which delivers each push once."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError
from tests.bench.soak.spot import pushed
from tests.integration.workspace.connected.platform import pushed as payload_of

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    import random

    from tests.integration.workspace.connected.platform import Platform
    from tests.integration.workspace.git_repository import Entry, ServedRepository

    from funcyard.workspace.scopes import Scope

_PAUSE = (0.2, 1.5)


@dataclass
class Pusher:
    """Pushes trees, each with a higher number.

    Attributes:
        repository: That is pushed to.
        platform: Takes the deliveries, on storage that is not sound.
        scope: Whose connection they are for.
        choice: Of the moments.
        commits: The number of the tree of each commit.
        accepted: The commit of each sync that a delivery was answered with.
        refused: Deliveries that were not answered.
    """

    repository: ServedRepository
    platform: Platform
    scope: Scope
    choice: random.Random
    commits: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    _secret: str = ""
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    async def commit(self) -> str:
        """Push the next tree, and return the commit."""
        number = len(self.commits) + 1
        before = pushed(number - 1) if number > 1 else {}
        changes: dict[str, Entry] = dict.fromkeys(before)
        changes |= pushed(number)
        commit = await asyncio.to_thread(self.repository.commit, changes)
        self.commits[commit] = number
        return commit

    async def push(self) -> str:
        """Push the next tree, have it delivered, and return the commit."""
        commit = await self.commit()
        try:
            answer = await self.platform.delivered(
                payload_of(commit), self._secret, self.scope, X_GitHub_Delivery=str(uuid.uuid4())
            )
        except (FuncyardError, AzureError):
            self.refused += 1  # GitHub does not try again
        else:
            if answer.accepted:
                self.accepted[answer.job] = commit
        return commit

    async def start(self, secret: str) -> None:
        """Push again and again.

        Args:
            secret: Signs deliveries.
        """
        self._secret = secret
        self._task = asyncio.create_task(self._again())

    async def stop(self) -> None:
        """Push no more; a push that was begun is done."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _again(self) -> None:
        while not self._stopping.is_set():
            await self.push()
            await asyncio.sleep(self.choice.uniform(*_PAUSE))
