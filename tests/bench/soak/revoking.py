"""A token that is revoked, and the one that is given in its place.

While the old one is refused, syncs have to say so, each and in the connection; with a new one what
was pushed since has to be applied, with nobody doing more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from tests.bench.soak.jobs import REFUSED
from tests.bench.soak.promises import until
from tests.integration.workspace.git_server import TOKEN

from funcyard.errors import FuncyardError
from funcyard.workspace.jobs.model import Status, now

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tests.github_stand_in import GitHubStandIn
    from tests.integration.workspace.connected.platform import Platform
    from tests.integration.workspace.git_server import GitServer

    from funcyard.workspace.jobs.model import Job
    from funcyard.workspace.scopes import Scope

_HELD = timedelta(seconds=10)
"""For so long a sync may go on with the token that it has read before it began."""

_UNDER_WAY = 300.0
_NEWEST = 100


@dataclass
class Revocations:
    """The token of a scope's repository, now and before.

    Attributes:
        git: Takes only the newest.
        github: As it does.
        sound: The platform by sound connections.
        shaky: The platform by connections that are spoiled.
        scope: Whose repository.
        commits: The number of the tree of each commit.
        times: When there was none that is good, from and until; None where that is so now.
        told: Seconds after which the first sync told of each.
        resumed: Seconds after which what was pushed was applied again.
    """

    git: GitServer
    github: GitHubStandIn
    sound: Platform
    shaky: Platform
    scope: Scope
    commits: Mapping[str, int]
    times: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    resumed: list[float] = field(default_factory=list)

    def between(self, start: datetime, end: datetime) -> bool:
        """Whether there was no good token at some moment between two."""
        start -= _HELD
        return any(begun <= end and (over is None or start <= over) for begun, over in self.times)

    def revoke(self) -> None:
        """Have the token refused from now on."""
        self.times.append((now(), None))
        token = f"{TOKEN}{len(self.times)}"
        self.git.token = self.github.token = token

    async def reconnect(self) -> None:
        """Wait until it is told, give a new one, and wait until it goes on.

        Raises:
            BrokenPromiseError: One of these does not come.
        """
        (begun, _) = self.times[-1]
        await until(self._untold)
        first = min(job.completed_at or begun for job in await self._refused())
        self.told.append((first - begun).total_seconds())
        await until(self._refusing, seconds=_UNDER_WAY)
        given = now()
        self.times[-1] = (begun, given)
        await until(partial(self._unapplied, len(self.commits)))
        self.resumed.append((now() - given).total_seconds())

    async def _untold(self) -> str:
        last = (await self.sound.connections.get(self.scope)).last_sync
        errors = {job.error for job in await self._refused()}
        if last is not None and last.at > self.times[-1][0] and last.error in errors:
            return ""
        return f"the token was revoked, and the connection says {last}"

    async def _refused(self) -> list[Job]:
        """Return the syncs that told of the newest revocation."""
        (begun, _) = self.times[-1]
        jobs = (await self.sound.jobs.page(self.scope, status=Status.FAILED, limit=_NEWEST)).jobs
        refused = [job for job in jobs if job.error_code == REFUSED]
        return [job for job in refused if job.completed_at and job.completed_at > begun]

    async def _refusing(self) -> str:
        try:
            await self.shaky.connections.update(self.scope, token=self.git.token)
        except FuncyardError as fault:
            return f"a new token is not taken: {fault}"  # a person tries again
        return ""

    async def _unapplied(self, number: int) -> str:
        state = await self.sound.workspace.versions.ledger.read(self.scope)
        commit = "" if state.applied is None else state.applied.commit
        applied = self.commits.get(commit, number)  # one that is not known was just pushed
        return "" if applied >= number else f"of {number} pushes {applied} are applied"
